public import Addresses
internal import Diagnostics
internal import NetworkFiles

/// Files of one machine for another one with other network adapters.
public enum AdapterChange {
    /// The MAC addresses of the interfaces that the files name.
    public static func adapters(_ files: FileSet) -> [InterfaceRole: MACAddress] {
        adapters(text: files.text(ApplianceFile.path) ?? "")
    }

    /// The same, of the text of an `appliance.toml`.
    public static func adapters(text: String) -> [InterfaceRole: MACAddress] {
        let file = ApplianceFile.parse(text).value
        return Dictionary(file.interfaces.map { ($0.role, $0.mac.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// `files` with the adapters of this machine: those of the same roles take the places of the former.
    ///
    /// Also in what was last made from the properties: that the adapters are others is no change of the properties.
    public static func fit(_ files: FileSet, to adapters: [InterfaceRole: MACAddress]) -> FileSet {
        var changes: [MACAddress: MACAddress] = [:]
        for (role, mac) in Self.adapters(files) { changes[mac] = adapters[role] ?? mac }
        var changed = files
        let written = [ApplianceFile.path, RouteTablesFile.path]
        for path in written + written.map({ ApplianceFiles.derivedDirectory + $0 }) + [ApplianceFiles.properties] {
            guard var file = files[path], file.kind == .file else { continue }
            file.content = Array(replace(file.text, changes).utf8)
            changed[path] = file
        }
        return changed
    }

    /// The routing tables of the appliance that we succeed, whose files name no roles, with the adapters of this machine:
    /// a table of the same name is the same interface's.
    ///
    /// - Parameter own: The text of this machine's `route-tables.cfg`.
    public static func fit(_ files: FileSet, toTables own: String) -> FileSet {
        guard var file = files[RouteTablesFile.path], file.kind == .file else { return files }
        let mine = RouteTablesFile.parse(own).value.entries
        var changes: [MACAddress: MACAddress] = [:]
        for entry in RouteTablesFile.parse(file.text).value.entries {
            let match = mine.first { $0.name.value == entry.name.value }
            changes[entry.mac.value] = match?.mac.value ?? entry.mac.value
        }
        file.content = Array(replace(file.text, changes).utf8)
        var changed = files
        changed[RouteTablesFile.path] = file
        return changed
    }

    /// Word by word, in one pass: two roles may have exchanged their adapters.
    private static func replace(_ text: String, _ changes: [MACAddress: MACAddress]) -> String {
        guard changes.contains(where: { $0.key != $0.value }) else { return text }
        var result = ""
        var word = ""
        func finish() {
            if word.utf8.count == 17, let mac = MACAddress(word), let own = changes[mac], own != mac {
                result += "\(own)"
            } else {
                result += word
            }
            word = ""
        }
        for character in text {
            if character.isHexDigit || character == ":" || character == "-" {
                word.append(character)
            } else {
                finish()
                result.append(character)
            }
        }
        finish()
        return result
    }
}
