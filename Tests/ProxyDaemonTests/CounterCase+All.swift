import Glibc
import TestSupport

extension CounterCase {
    /// How long those wait who wait, in milliseconds.
    static let wait = 1800

    private static let echo = "  server s1 ECHO"
    private static let single = "  server s1 ECHO maxconn 1"

    static let all =
        ends + silences + silencesWithResets + silencesOfBoth + judgements + refusals + queues + rules + orders

    private static let ends: [CounterCase] = [
        CounterCase("an orderly end", echo) { try $0.ask("hello", ends: true) },
        CounterCase("a client that ends and says nothing", echo) { try $0.ask(ends: true) },
        CounterCase("a silent client", frontend: "  timeout client \(wait)ms", echo) { try $0.ask("hello") },
        CounterCase("a silent server", "  timeout server \(wait)ms\n  server s1 SILENT") { try $0.ask("hello") },
        CounterCase("a tunnel's time", "  timeout tunnel \(wait)ms\n" + echo) { try $0.ask("hello") },
        CounterCase("a client that resets", echo) { side in
            let socket = try side.holder()
            socket.reset()
            return ""
        },
        CounterCase("a server that resets", "  server s1 FAILING") { side in
            let socket = try side.holder()
            try socket.send("y")
            return socket.rest()
        },
        CounterCase("a line as soon as possible", frontend: "  option logasap", echo) {
            try $0.ask("hello", ends: true)
        },
        CounterCase("a server that a rule names", "  use-server s1 if TRUE\n  server s0 REFUSED\n" + echo) {
            try $0.ask("hello", ends: true)
        },
    ]

    private static let refusals: [CounterCase] = [
        CounterCase("refused", "  server s1 REFUSED") { try $0.ask() },
        CounterCase("refused, with words", "  server s1 REFUSED") { try $0.ask("abc") },
        CounterCase("refused, nobody else", "  option redispatch\n  server s1 REFUSED") { try $0.ask("abc") },
        CounterCase("refused, another one", "  option redispatch\n  server s1 REFUSED\n  server s2 ECHO") {
            try $0.ask("abc", ends: true)
        },
        CounterCase(
            "refused, another one after a pause",
            "  option redispatch\n  server s1 REFUSED\n  server s2 ECHO backup\n  balance source"
        ) { try $0.ask("abc", ends: true) },
        CounterCase("no server", "") { try $0.ask() },
        CounterCase("a disabled server", echo + " disabled") { try $0.ask() },
        CounterCase("no such source", echo + " source 192.0.2.77") { try $0.ask() },
        CounterCase("no such socket", "  server s1 NOWHERE") { try $0.ask() },
        CounterCase("a client that resets in the pause", "  retries 3\n  server s1 REFUSED") { side in
            let socket = try side.connect("abc")
            try side.wait("wretr", "1")
            socket.reset()
            return ""
        },
    ]

    private static let queues: [CounterCase] = [
        CounterCase("a place in time", single) { side in
            let holder = try side.holder()
            let waiter = try side.waiter()
            side.stay()
            holder.finish()
            let words = try waiter.receive()
            waiter.finish()
            return String(decoding: words, as: UTF8.self)
        },
        CounterCase("no place in time", "  timeout queue \(wait)ms\n" + single) { side in
            let holder = try side.holder()
            let answer = try side.waiter().rest()
            holder.finish()
            return answer
        },
        CounterCase("a hash and no place", "  balance source\n  timeout queue \(wait)ms\n" + single) { side in
            let holder = try side.holder()
            let answer = try side.ask("hey")
            holder.finish()
            return answer
        },
        CounterCase("too many wait", "  balance source\n" + single + " maxqueue 1") { side in
            let holder = try side.holder()
            let waiter = try side.connect("y")
            side.stay()
            // Without a word, which might come after the end.
            let answer = try side.ask()
            holder.finish()
            _ = try waiter.receive()
            waiter.finish()
            return answer
        },
        CounterCase("a client that resets in the queue", single) { side in
            let holder = try side.holder()
            let waiter = try side.waiter()
            side.stay()
            waiter.reset()
            try side.wait("qcur", "0")
            holder.finish()
            return ""
        },
        CounterCase("a client that leaves the queue", "  option abortonclose\n" + single) { side in
            let holder = try side.holder()
            let waiter = try side.waiter()
            side.stay()
            waiter.shutdownWrite()
            let answer = waiter.rest()
            holder.finish()
            return answer
        },
        CounterCase("maintenance of those who wait", "  timeout queue \(wait)ms\n" + single) { side in
            let holder = try side.holder()
            let waiter = try side.waiter()
            try side.command("set server b\(side.number)/s1 state maint")
            let answer = waiter.rest()
            holder.finish()
            return answer
        },
        CounterCase("a place by force", single) { side in
            let holder = try side.holder()
            let waiter = try side.waiter()
            side.stay()
            try side.command("shutdown sessions server b\(side.number)/s1")
            let words = try waiter.receive()
            waiter.finish()
            return holder.rest() + String(decoding: words, as: UTF8.self)
        },
    ]

    private static let delay = "  tcp-request inspect-delay \(wait)ms\n"

    private static let rules: [CounterCase] = [
        CounterCase("a connection rejected", frontend: "  tcp-request connection reject", echo) { side in
            guard let socket = try? side.connect() else { return " reset" }
            return socket.rest()
        },
        CounterCase("a session rejected", frontend: "  tcp-request session reject", echo) { try $0.ask() },
        CounterCase(
            "words rejected",
            frontend: delay + "  tcp-request content reject if { req.len gt 2 }",
            echo
        ) { try $0.ask("abc") },
        CounterCase(
            "words waited for",
            frontend: delay + "  tcp-request content reject if { req.len gt 5 }",
            echo
        ) { side in
            let socket = try side.connect("abc")
            _ = try socket.receive()
            socket.finish()
            return ""
        },
        CounterCase(
            "words that never come",
            frontend: delay + "  tcp-request content accept if { req.len gt 5 }\n  tcp-request content reject",
            echo
        ) { try $0.ask("abc") },
        CounterCase(
            "a client that is silent too long",
            frontend: "  timeout client \(wait)ms\n  tcp-request inspect-delay 60s\n"
                + "  tcp-request content accept if { req.len gt 5 }",
            echo
        ) { try $0.ask("abc") },
        CounterCase(
            "an answer waited for",
            "  tcp-response inspect-delay 60s\n"
                + "  tcp-response content reject if { res.len gt 3 }\n  server s1 TALKING"
        ) { try $0.ask() },
        CounterCase("no header", frontend: expecting, echo) { try $0.ask("GET / HTTP/1.0\r\n\r\n") },
        CounterCase("less than a header", frontend: expecting, echo) { try $0.ask("GET / HTTP\r\n\r\n") },
        CounterCase("a late header", frontend: expecting, echo) { side in
            let socket = try side.connect()
            side.stay()
            try socket.send("PROXY TCP4 192.0.2.7 192.0.2.8 7 8\r\nabc")
            socket.shutdownWrite()
            return socket.rest()
        },
        CounterCase(
            "no line",
            frontend: delay + "  tcp-request content set-log-level silent\n",
            echo
        ) { try $0.ask("abc", ends: true) },
    ]

    private static let expecting = "  tcp-request connection expect-proxy layer4"

    private static let orders: [CounterCase] = [
        CounterCase("a session that is shut", echo) { side in
            let socket = try side.holder()
            side.stay()
            let lines = try side.command("show sess").split(separator: "\n")
            let line = lines.first { $0.contains("fe=f\(side.number) ") } ?? ""
            try side.command("shutdown session \(line.prefix { $0 != ":" })")
            return socket.rest()
        },
        CounterCase("a server that goes", echo + " on-marked-down shutdown-sessions") { side in
            let socket = try side.holder()
            side.stay()
            try side.command("set server b\(side.number)/s1 state maint")
            return socket.rest()
        },
        CounterCase("a frontend that is shut", echo) { side in
            try side.ask("hello", ends: true)
            try side.command("shutdown frontend f\(side.number)")
            return (try? side.connect()) == nil ? "refused" : "connected"
        },
    ]
}
