import Glibc
import Syscalls
import TestSupport
import Testing

/// `log-format` with every variable and flag, against the real HAProxy.
@Suite(.blocking) struct LogFormatTests {
    private static let variables = """
        B H ID ST T Tc Td Tl Th Ts Tt Tu Tw U ac b bc bi bp bq ci cp f fc fi fp ft lc hr hrl hs hsl ms pid rc rt s sc si \
        sp sq sslc sslv t ts
        """.split(separator: " ")

    /// Ports, times and process ids say nothing, nor what a client said to nobody, but how they are written does; so do numbers of connections that overlap.
    private static let masked: Set<Substring> = [
        "U", "T", "Tl", "Ts", "t", "ms", "Tc", "Td", "Tt", "Tu", "Tw", "bp", "cp", "pid", "rt", "ac", "fc", "bc", "sc",
    ]

    private static func format(_ flags: String) -> String {
        variables.map { "\($0)=%\(flags)\($0)" }.joined(separator: "|")
    }

    private static func masked(_ line: String) -> [String] {
        line.replacing(#/\ Th=[0-9]+\ /#, with: " Th ").split(separator: "|").map { field in
            let parts = field.split(separator: "=", maxSplits: 1)
            guard let name = parts.first, masked.contains(name), let value = parts.dropFirst().first else {
                return String(field)
            }
            // Numbers of processes may be low.
            if name == "pid" { return "\(name): \(value.allSatisfy { $0.isHexDigit })" }
            if name == "Ts" || name == "t" || name == "T" || name == "Tl" {
                return "\(name): \(value.count)"
            }
            let kind =
                value.hasPrefix("-")
                ? "-" : value.hasPrefix("+") ? "+" : value.hasPrefix("0") && value.count == 4 ? "0" : ""
            return "\(name): \(kind)\(value.allSatisfy { $0.isHexDigit || "+-".contains($0) })"
        }
    }

    @Test func everyVariableIsHAProxys() throws {
        try withDaemonRoom { directory in
            let named = try TestServer.named("hello")
            let (closed, closedPort) = try TestSocket.bound(listening: false)
            let waiting = try TestServer.staying("hello")
            let flags = ["", "{+X}", "{+Q}", "{+Q,+E}"]
            let frontends = flags.enumerated().map { index, flags in
                """
                frontend f\(index)
                  bind 127.0.0.1:\(80 + index) name first
                  log-format "\(Self.format(flags))"
                  unique-id-format "%{+X}o id-%ci:%fp"
                  use_backend refused if { src 127.0.0.2 }
                  use_backend none if { src 127.0.0.3 }
                  default_backend named
                """
            }.joined(separator: "\n")
            let (ours, theirs) = try Background.ofBoth(in: directory) { start in
                let receiver = try LogReceiver()
                let program = try start(
                    """
                    global
                      log \(receiver.place) format raw local0
                    defaults
                      mode tcp
                      log global
                      retries 0
                      timeout connect 60s
                      timeout client 60s
                      timeout server 60s
                    \(frontends)
                    frontend proxied
                      bind 127.0.0.1:90 accept-proxy
                      log-format "  %{+Q}o a%%b   \\"%ci\\" %{-Q}cp %{+X}fi %fp Th=%Th %{+X,-Q}o %ci %{-X}cp %{+Q}[str(a]b)] %[str('x)]y')]  end "
                      default_backend named
                    frontend asap
                      bind 127.0.0.1:89
                      option logasap
                      log-format "\(Self.format(""))"
                      use_backend refused if { src 127.0.0.2 }
                      default_backend waiting
                    frontend early
                      bind 127.0.0.1:91
                      log-format "%ci %f %H %ft %b/%s %lc %lc"
                      default_backend waiting
                    backend named
                      server s1 127.0.0.1:\(named.port)
                    backend waiting
                      server s1 127.0.0.1:\(waiting.port)
                    backend refused
                      server s1 127.0.0.1:\(closedPort)
                    backend none

                    """
                )
                try #require(
                    try eventually {
                        try run("ss", "-Hltn", "sport >= 80 and sport <= 91").split(separator: "\n").count == 7
                    },
                    "\(program.errors)"
                )
                var count = 0
                for port in 80...83 as ClosedRange<UInt16> {
                    for source in 1...3 as ClosedRange<UInt8> {
                        do {
                            let socket = try TestSocket.connect(port: port, from: source)
                            try? socket.send("?")
                            _ = try? socket.receiveAll()
                        }
                        count += 1
                        try #require(eventually { receiver.received().count == count }, "\(receiver.received())")
                    }
                }
                do {
                    let socket = try TestSocket.connect(port: 90)
                    try socket.send("PROXY TCP4 192.0.2.1 192.0.2.2 1000 2000\r\n?")
                    _ = try? socket.receiveAll()
                }
                try #require(eventually { receiver.received().count == count + 1 })
                // Told of while it goes on.
                do {
                    let asap = try TestSocket.connect(port: 89)
                    try #require(eventually { receiver.received().count == count + 2 })
                    try asap.send("?")
                    let answer = try asap.receive()
                    #expect(answer == Array("hello".utf8))
                    let refused = try TestSocket.connect(port: 89, from: 2)
                    _ = try? refused.receiveAll()
                    try #require(eventually { receiver.received().count == count + 3 })
                }
                // Told of when the server has answered: its client is still there.
                let early = try TestSocket.connect(port: 91)
                try #require(eventually { receiver.received().count == count + 4 })
                _ = early
                return receiver.received().map { Self.masked($0) }
            }
            #expect(ours.count == theirs.count)
            for (ours, theirs) in zip(ours, theirs) { #expect(ours == theirs) }
            _ = closed
        }
    }
}
