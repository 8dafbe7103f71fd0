import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What the log and standard error say of proxies that stop, beside the real HAProxy.
@Suite(.blocking) struct ProxyEndLogTests {
    private static func configuration(_ host: UInt8, _ directory: String, _ port: UInt16) -> String {
        let place = "127.0.0.\(host)"
        return """
            global
              stats socket \(directory)/stats\(host) level admin
            frontend path
              bind \(directory)/path\(host).sock
              default_backend b
            listen six
              bind ::1:\(5000 + Int(host))
              server s 127.0.0.1:9
            backend a
              server s 127.0.0.1:9
            frontend four
              bind \(place):80
              default_backend b
            frontend mixed
              bind abns@mixed\(host)
              bind \(place):81
              default_backend b
            frontend both
              bind \(place):82
              bind ::1:\(6000 + Int(host))
              default_backend b
            frontend silent
              no log
              bind \(place):83
              default_backend b
            frontend never
              disabled
              bind \(place):84
              default_backend b
            backend away
              disabled
              server s 127.0.0.1:9
            listen gone
              disabled
              bind \(place):87
              server s 127.0.0.1:9
            listen own
              bind \(place):85
              server s 127.0.0.1:\(port)
            listen shut
              bind \(place):86
              server s 127.0.0.1:9
            backend b
              server s 127.0.0.1:\(port)

            """
    }

    @Test func linesAreHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s")
            let both = try BothProxies(in: directory, ports: [80, 81, 82, 83, 85, 86]) {
                Self.configuration($0, directory, server.port)
            }
            for host in BothProxies.hosts {
                let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
                let isThere = eventually { (try? client.send("show version"))?.isEmpty == false }
                try #require(isThere)
                for port in [80, 80, 85] as [UInt16] {
                    let socket = try TestSocket.connect(port: port, host: host)
                    try socket.send("?")
                    #expect(try socket.receiveAll() == "s")
                }
                for command in [
                    "disable frontend own", "disable frontend own", "enable frontend own", "disable frontend silent",
                    "enable frontend silent", "shutdown frontend shut", "disable frontend four", "enable frontend four",
                ] { _ = try client.send(command) }
                let rows = try client.send("show stat").split(separator: "\n")
                let told = Set(rows.compactMap { $0.split(separator: ",").first })
                #expect(told.contains("a") && told.isDisjoint(with: ["away", "gone", "never"]))
                let program = host == 1 ? both.ours.program : both.theirs.program
                program.signal(SIGUSR1)
                let hasEnded = eventually { program.poll() != nil }
                #expect(hasEnded && program.poll() == 0)
            }
            func lines(_ text: String) -> [String] {
                text.split(separator: "\n").filter { line in
                    // HAProxy's own, for its HTTP client and for stats sockets.
                    ["Paused", "Resumed", " stopped ("].contains { line.contains($0) } && !line.contains("<HTTPCLIENT>")
                        && !line.contains(" GLOBAL ")
                }.map { String($0.replacing(/\([0-9]+\)/, with: "(n)")) }
            }
            let logs = BothProxies.hosts.map { lines(both.output($0)) }
            #expect(logs[0] == logs[1])
            #expect(logs[1].contains("Proxy own stopped (cumulated conns: FE: 1, BE: 1)."))
            #expect(logs[1].contains("Paused proxy own.") && logs[1].contains("Resumed frontend four."))
            let errors = [both.ours.program.errors, both.theirs.program.errors].map { lines($0) }
            #expect(errors[0] == errors[1])
            #expect(errors[1].contains("[WARNING]  (n) : Paused frontend silent."))
        }
    }
}
