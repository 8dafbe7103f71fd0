internal import Addresses
internal import Appliance
internal import Files
internal import Glibc
internal import Syscalls

/// `/etc/hostname`, our line of `/etc/hosts`, and the kernel's host name.
struct HostNameStep: FirstBootStep {
    let name = "host name"

    /// Ends the one line of `/etc/hosts` that is ours; all others are the admin's.
    static let mark = "# appliance-net"

    func run(_ context: FirstBootContext) throws -> [String] {
        let network = context.settings.network
        var changes = try context.write("/etc/hostname", network.hostname + "\n")
        let hosts = try AtomicFile.readText(context.root["/etc/hosts"]) ?? "127.0.0.1 localhost\n::1 localhost\n"
        let address = network.management.address.map { "\($0.address)" } ?? "127.0.1.1"
        changes += try context.replace("/etc/hosts", Self.hosts(hosts, address: address, name: network.hostname))
        if context.isLive { changes += try setHostName(network.hostname) }
        return changes
    }

    /// `text` with our line replaced or added.
    static func hosts(_ text: String, address: String, name: String) -> String {
        let short = name.prefix { $0 != "." }
        let names = short == name ? name : "\(name) \(short)"
        let line = "\(address) \(names) \(mark)"
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        if lines.last == "" { lines.removeLast() }
        let place = lines.firstIndex { $0.hasSuffix(mark) } ?? lines.endIndex
        let after = lines[place...].filter { !$0.hasSuffix(mark) }
        return (lines[..<place] + [Substring(line)] + after).joined(separator: "\n") + "\n"
    }

    private func setHostName(_ name: String) throws -> [String] {
        var buffer = [CChar](repeating: 0, count: 256)
        try syscall("gethostname") { gethostname(&buffer, buffer.count) }
        let current = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if current == name { return [] }
        try syscall("sethostname \(name)") { sethostname(name, name.utf8.count) }
        return ["set the host name to \(name)"]
    }
}
