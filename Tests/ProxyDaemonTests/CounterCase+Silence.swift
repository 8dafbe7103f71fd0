import TestSupport

// Who is silent for too long, or ends, while the other side goes on; and the same while rules look at what the server says.
extension CounterCase {
    /// Shorter than ``wait``, and not at once either: short in a line and long in a counter, and not next to what divides those.
    private static let soon = 500
    private static let answering = "  server s1 ANSWERING"

    static let silences: [CounterCase] = [
        CounterCase(
            "a silent client, and then a silent server",
            frontend: "  timeout client \(soon)ms",
            "  timeout server \(wait)ms\n" + answering
        ) { try $0.ask("hello") },
        CounterCase(
            "a client that has ended is not waited for",
            frontend: "  timeout client \(soon)ms",
            "  timeout server \(wait)ms\n" + answering
        ) { try $0.ask("hello", ends: true) },
        CounterCase("a client that goes on when the server was silent", "  timeout server \(soon)ms\n" + answering) {
            let socket = try $0.connect("hello")
            let words = socket.rest()
            try socket.send("more")
            socket.shutdownWrite()
            return words
        },
        CounterCase(
            "a server that goes on when the client was silent",
            frontend: "  timeout client \(soon)ms",
            "  server s1 LATE"
        ) { try $0.ask("hello") },
    ]

    private static let nolinger = "  option nolinger\n"

    /// A time that is over, with resets.
    static let silencesWithResets: [CounterCase] = [
        CounterCase(
            "nolinger, a silent client",
            frontend: nolinger + "  timeout client \(soon)ms",
            "  timeout server \(wait)ms\n" + answering
        ) { try $0.ask("hello") },
        CounterCase(
            "nolinger of the backend, a silent client",
            frontend: "  timeout client \(soon)ms",
            nolinger + "  timeout server \(wait)ms\n" + answering
        ) { try $0.ask("hello") },
        CounterCase(
            "nolinger, a silent server, and then a silent client",
            frontend: nolinger + "  timeout client \(wait)ms",
            "  timeout server \(soon)ms\n" + answering
        ) { try $0.ask("hello") },
        CounterCase("nolinger, a server that resets", frontend: nolinger, "  server s1 FAILING") { side in
            let socket = try side.holder()
            try socket.send("y")
            return socket.rest()
        },
    ]

    private static let fins = "  timeout server-fin 60s\n"

    /// Nobody's last words are waited for.
    static let silencesOfBoth: [CounterCase] = [
        CounterCase(
            "both silent for the same time",
            frontend: "  timeout client \(soon)ms\n  timeout client-fin 60s",
            fins + "  timeout server \(soon)ms\n" + answering
        ) { try $0.ask("hello") },
        CounterCase(
            "a silent tunnel",
            frontend: "  timeout client-fin 60s",
            fins + "  timeout tunnel \(soon)ms\n" + answering
        ) { try $0.ask("hello") },
    ]

    private static let rules = "  tcp-response inspect-delay 60s\n  tcp-response content reject if { res.len gt 20 }\n"
    private static let last =
        "  tcp-response inspect-delay 60s\n  tcp-response content WHAT if WAIT_END { res.len gt 2 }\n"
    private static let rejecting = last.replacing("WHAT", with: "reject")
    private static let closing = last.replacing("WHAT", with: "close")

    /// What the server has said is held back, and nobody has decided by then.
    static let judgements: [CounterCase] = [
        CounterCase("judged, a silent server", rules + "  timeout server \(wait)ms\n" + answering) {
            try $0.ask("hello")
        },
        CounterCase("judged, a server without a word", rules + "  timeout server \(wait)ms\n  server s1 SILENT") {
            try $0.ask("hello")
        },
        CounterCase(
            "judged, a silent client",
            frontend: "  timeout client \(soon)ms",
            rules + "  timeout server \(wait)ms\n" + answering
        ) { try $0.ask("hello") },
        CounterCase(
            "judged, both silent for the same time",
            frontend: "  timeout client \(wait)ms",
            rules + "  timeout server \(wait)ms\n" + answering
        ) { try $0.ask("hello") },
        CounterCase("judged, no tunnel", rules + "  timeout tunnel \(soon)ms\n  timeout server \(wait)ms\n" + answering)
        {
            try $0.ask("hello")
        },
        CounterCase("judged, a client that has ended", rules + "  timeout server \(wait)ms\n" + answering) {
            try $0.ask("hello", ends: true)
        },
        CounterCase(
            "judged, the time of those who have ended",
            rules + "  timeout server-fin \(wait)ms\n" + answering
        ) { try $0.ask("hello", ends: true) },
        CounterCase("judged, a server that speaks on", rules + "  timeout server \(wait)ms\n  server s1 DRIPPING") {
            try $0.ask("hello")
        },
        CounterCase("judged, a server that ends", rules + "  server s1 ENDING") { try $0.ask("hello") },
        CounterCase("judged, a server that resets", rules + "  server s1 RESETTING") { try $0.ask("hello") },
        CounterCase("rejected in the end, a silent server", rejecting + "  timeout server \(wait)ms\n" + answering) {
            try $0.ask("hello")
        },
        CounterCase("rejected in the end, a server that ends", rejecting + "  server s1 ENDING") {
            try $0.ask("hello")
        },
        CounterCase(
            "rejected in the end, a silent client",
            frontend: "  timeout client \(soon)ms",
            rejecting + "  timeout server \(wait)ms\n" + answering
        ) { try $0.ask("hello") },
        CounterCase("closed in the end, a silent server", closing + "  timeout server \(wait)ms\n" + answering) {
            try $0.ask("hello")
        },
        CounterCase("closed in the end, a server that ends", closing + "  server s1 ENDING") { try $0.ask("hello") },
    ]
}
