internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// What rings keep.
enum EventCommands {
    static let all = [
        RuntimeKeyword("show events", "show events [<sink>] [-w] [-n]", "show event sink state") {
            call throws(SystemError) in
            var flags = call.arguments.dropFirst(call[0].isEmpty ? 0 : 1)
            flags.removeAll { $0 == "-n" || $0 == "-nw" || $0 == "-wn" || $0 == "-w" }
            if call[0].isEmpty { return String(decoding: try call.host.ask(.rings), as: UTF8.self) }
            if !call.session.level.allows(.operator) { return "Permission denied\n" }
            if ["stdout", "stderr"].contains(call[0]) { return "Nothing to report for this sink" }
            let answer = try call.host.ask(.messages(ring: call[0]))
            guard answer.first == 1 else { return "No such event sink" }
            if !flags.isEmpty { return "unknown option" }
            // What is new would come later, and nobody waits for it here.
            if call.arguments.dropFirst().contains(where: { $0 != "-w" }) { return "" }
            return String(decoding: answer.dropFirst(), as: UTF8.self)
        }
    ]

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

    /// 1 and the messages, a line each; nothing if there is no such ring.
    static func lines(_ messages: [[UInt8]]?) -> [UInt8] {
        guard let messages else { return [] }
        var text: [UInt8] = [1]
        for message in messages {
            text += message
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }
}
