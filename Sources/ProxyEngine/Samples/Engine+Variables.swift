internal import Addresses
internal import CLinux
internal import Glibc

// Variables of the process, for those who are no connection.
extension Engine {
    /// Sets variables, one after the other; what they are set to is asked for now.
    public func assign(_ variables: [ProcessVariable]) {
        guard let worker = workers.first, !variables.isEmpty else { return }
        var arena = Arena()
        defer { arena.free() }
        var rules = ConnectionRules()
        rules.session = variables.map { ConnectionRule($0.action) }
        var compiler = directory.compiler()
        guard let entry = arena.connectionRules(rules, &compiler) else { return }
        worker.mailbox.run(Errand(.assign(entry.pointee.session)))
    }

    /// What a variable is, as `get var` tells it: `type=sint value=<5>`; nil if there is none.
    public func variable(_ name: String) -> [UInt8]? {
        guard let number = directory.variables.known(name), number & VariableNames.ofProcess != 0 else { return nil }
        clinux_lock(&process.pointee.lock)
        defer { clinux_unlock(&process.pointee.lock) }
        guard let sample = process.pointee.variables.value(number) else { return nil }
        let (type, value): (String, [UInt8]) =
            switch sample {
            case .boolean(let value): ("bool", Array((value ? "1" : "0").utf8))
            case .integer(let value): ("sint", Array("\(value)".utf8))
            case .address(let number, let family):
                (
                    family == 4 ? "ipv4" : "ipv6",
                    Array("\(IPAddress(family: family == 4 ? .v4 : .v6, number: number))".utf8)
                )
            // As by HAProxy, a NUL is the end of what is told.
            case .string(let text): ("str", Array(text.prefix { $0 != 0 }))
            case .binary(let text): ("bin", Array(text.prefix { $0 != 0 }))
            }
        return Array("type=\(type) value=<".utf8) + value + Array(">".utf8)
    }
}

extension Worker {
    /// Carries out rules that are about no connection: what they ask for is asked of an empty one.
    mutating func assign(_ rules: ConnectionRuleList) {
        let nobody = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<Connection>.stride,
            alignment: MemoryLayout<Connection>.alignment
        )
        defer { nobody.deallocate() }
        memset(nobody, 0, MemoryLayout<Connection>.stride)
        _ = rule(rules, nobody.bindMemory(to: Connection.self, capacity: 1), nil)
    }
}
