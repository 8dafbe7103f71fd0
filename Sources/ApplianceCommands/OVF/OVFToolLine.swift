internal import Appliance

/// A command line of ovftool for sh, one option a line.
struct OVFToolLine {
    let text: String
    /// Of the environment: a secret each.
    let variables: [String]

    init(_ machine: PlannedMachine, _ mapping: MappingOptions, file: String, target: String, datastore: String?) {
        var words = ["ovftool"]
        if let name = mapping.name { words.append(Self.option("--name=", name)) }
        words += ["--diskMode=thin", "--deploymentOption=\(machine.deployment.rawValue)"]
        if let datastore { words.append(Self.option("--datastore=", datastore)) }
        if mapping.powerOn { words.append("--powerOn") }
        for network in mapping.networks(of: machine) {
            words.append(Self.option("--net:\(network.name)=", network.portGroup))
        }
        var variables: [String] = []
        for (property, value) in machine.given {
            let key = property.key.rawValue
            if PropertySchema.isTakenOut(key, value) {
                let variable = Self.variable(property.key)
                variables.append(variable)
                words.append("--prop:\(key)=\"${\(variable):?}\"")
            } else {
                words.append(Self.option("--prop:\(key)=", value))
            }
        }
        words += [Self.quoted(file), Self.quoted(target)]
        text = words.joined(separator: " \\\n  ")
        self.variables = variables
    }

    /// `APPLIANCE_ROOT_PWD`.
    static func variable(_ key: PropertyKey) -> String {
        String(key.rawValue.uppercased().map { $0 == "." ? "_" : $0 })
    }

    private static func option(_ name: String, _ value: String) -> String { name + quoted(value) }

    /// One word for sh (POSIX.1-2017, XCU 2.2.2): as it is where nothing in it is special, else in single quotes.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_./:,@+".utf8.contains(byte)
                }
            }
        return isPlain
            ? word
            : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
