internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// What rings keep.
enum EventCommands {
    static let all = [
        RuntimeKeyword("show events", "show events [<sink>] [-w] [-n]", "show event sink state", long: events)
    ]

    private static func events(_ call: RuntimeCall) throws(SystemError) -> RuntimeOutput {
        if call[0].isEmpty { return RuntimeOutput(try call.host.ask(.rings)) }
        if !call.session.level.allows(.operator) { return RuntimeOutput("Permission denied\n") }
        if ["stdout", "stderr"].contains(call[0]) { return RuntimeOutput("Nothing to report for this sink") }
        let flags = Set(call.arguments.dropFirst())
        let waits = !flags.isDisjoint(with: ["-w", "-nw", "-wn"])
        let isNew = !flags.isDisjoint(with: ["-n", "-nw", "-wn"])
        guard let output = try EventOutput(call[0], isNew: isNew, waits: waits, call.host) else {
            return RuntimeOutput("No such event sink")
        }
        if !flags.isSubset(of: ["-n", "-w", "-nw", "-wn"]) { return RuntimeOutput("unknown option") }
        return RuntimeOutput(output)
    }

    /// One line for each ring, and for what HAProxy always has.
    static func list(_ rings: [RingReport]) -> String {
        var text = "Supported events sinks are listed below. Add -w(wait), -n(new). Any key to stop\n"
        func add(_ name: String, _ type: String, _ dropped: UInt32, _ description: String) {
            let padding = String(repeating: " ", count: max(0, 10 - name.utf8.count))
            text += "    \(name)\(padding) : type=\(type), \(dropped) dropped, \(description)\n"
        }
        add("stdout", "fd", 0, "standard output (fd#1)")
        add("stderr", "fd", 0, "standard output (fd#2)")
        if !rings.contains(where: { $0.name == "buf0" }) { add("buf0", "buffer", 0, "in-memory ring buffer") }
        for ring in rings { add(ring.name, "buffer", ring.dropped, ring.description) }
        return text
    }
}
