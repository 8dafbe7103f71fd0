import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `show events` of a ring, with all of its options: what comes at once, and what when something has happened.
@Suite(.blocking) struct EventWatchTests {
    /// A client of a stats socket that stays.
    private final class Watcher {
        private let socket: FileDescriptor
        private(set) var text = ""

        init(_ path: String, _ line: String) throws {
            let socket = try UnixSocket.connect(path, timeoutMilliseconds: 60000)
            try UnixSocket.send(line + "\n", to: socket.raw)
            self.socket = socket
        }

        /// Reads what is there; false at the end.
        func read() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = recv(socket.raw, &buffer, buffer.count, CInt(MSG_DONTWAIT))
                if count < 0, errno == EINTR { continue }
                if count < 0 { return true }
                text += String(decoding: buffer.prefix(count), as: UTF8.self)
                if count == 0 { return false }
            }
        }

        /// Something has come that was not read yet.
        var hasAnswer: Bool {
            var byte: UInt8 = 0
            return recv(socket.raw, &byte, 1, CInt(MSG_DONTWAIT) | CInt(MSG_PEEK)) == 1
        }

        /// Whole lines of so many bytes.
        func lines(_ length: Int) -> Int { text.split(separator: "\n").count { $0.utf8.count == length } }

        func end() { shutdown(socket.raw, CInt(SHUT_WR)) }
    }

    /// The answers to each kind of question: when it is asked, after an event, and after the client has ended its side.
    private func answers(_ directory: String, _ start: (String) throws -> Background) throws -> [[String]] {
        let path = "\(directory)/s.sock"
        let program = try start(
            """
            global
              stats socket \(path) level admin
              stats timeout 60s
            ring r
              format raw
              maxlen 1200
              size 32764
            defaults
              mode tcp
              timeout connect 5s
              timeout client 60s
              timeout server 60s
            frontend f
              bind 127.0.0.1:80
              log ring@r local0
              option tcplog
              log-format "%f %ci"
              default_backend none
            backend none

            """
        )
        defer { withExtendedLifetime(program) {} }
        let isThere = try eventually { try Oracle.listens("127.0.0.1:80") && access(path, F_OK) == 0 }
        try #require(isThere, "\(program.errors)")
        let event = "f 127.0.0.1"
        var events = 0
        func happen() throws {
            let socket = try TestSocket.connect(port: 80)
            _ = try? socket.receiveAll()
            events += 1
            let isTold = try eventually {
                let watcher = try Watcher(path, "show events r")
                while watcher.read() {}
                return watcher.text.split(separator: "\n").count >= events
            }
            try #require(isTold)
        }
        try happen()
        try happen()
        var result: [[String]] = []
        let asked: [(line: String, waits: Bool, isNew: Bool)] = [
            ("show events r", false, false), ("show events r -n", false, true), ("show events r -w", true, false),
            ("show events r -nw", true, true), ("show events r -wn", true, true), ("show events r -n -w", true, true),
            ("show events r -w -w", true, false), ("show events -w", false, false), ("show events r -x", false, false),
            ("show events r -w -x", false, false), ("show events r w", false, false),
            ("show events r -nn", false, false), ("show events zz -w", false, false),
            ("show events stdout -w", false, false), ("show events r -w;show version", false, false),
            ("show version;show events r -nw", true, true), ("prompt;show events r -nw", true, true),
        ]
        for (line, waits, isNew) in asked {
            let before = events
            let watcher = try Watcher(path, line)
            if waits {
                if isNew {
                    // Whether it is asked before the first of them is chance.
                    var begins = false
                    for _ in 0..<100 where !begins {
                        try happen()
                        begins = eventually(seconds: 1) { watcher.read() && watcher.text.contains(event) }
                    }
                    #expect(begins, "\(line)")
                } else {
                    let count = events
                    let hasAll = eventually { watcher.read() && watcher.text.split(separator: "\n").count >= count }
                    #expect(hasAll, "\(line)")
                }
                let count = watcher.text.split(separator: "\n").count
                try happen()
                let hasMore = eventually { watcher.read() && watcher.text.split(separator: "\n").count > count }
                #expect(hasMore, "\(line)")
                watcher.end()
            }
            let ends = eventually { !watcher.read() }
            #expect(ends, "\(line)")
            // How many there were is chance; that all of them are told, or none of those before, is not.
            var lines: [Substring] = []
            var told = 0
            for line in watcher.text.split(separator: "\n", omittingEmptySubsequences: false) {
                let isEvent = line.hasSuffix(event)
                if isEvent { told += 1 }
                if !isEvent || lines.last?.hasSuffix(event) != true { lines.append(line) }
            }
            if isNew { #expect(told <= events - before, "\(line)") }
            let words = lines.joined(separator: "\n").replacing("-1+deb12u4", with: "")
            result.append([line, words, told == 0 ? "none" : told == events ? "all" : "some"])
        }
        return result
    }

    @Test func eventsAreWaitedForAsHAProxyDoes() throws {
        try withDaemonRoom { directory in
            let (ours, theirs) = try Background.ofBoth(in: directory) { start in try answers(directory, start) }
            for (mine, their) in zip(ours, theirs) { #expect(mine == their) }
            #expect(ours.count == theirs.count)
        }
    }

    /// Who does not read holds up nobody, and costs no more than a part: others get their answers, traffic goes on.
    @Test func aWatcherThatDoesNotReadHoldsUpNobody() throws {
        try withDaemonRoom { directory in
            let path = "\(directory)/s.sock"
            let daemon = try DaemonFixture(
                """
                global
                  stats socket \(path) level admin
                  stats timeout 60s
                ring r
                  format raw
                  maxlen 1200
                  size 1048576
                frontend f
                  bind 127.0.0.1:80
                  no option dontlognull
                  log ring@r len 1100 local0
                  log-format "\(String(repeating: "x", count: 1000)) %ci"

                """,
                in: directory
            )
            let isThere = try eventually { try Oracle.listens("127.0.0.1:80") && access(path, F_OK) == 0 }
            try #require(isThere, "\(daemon.program.errors)")
            let silent = try (0..<3).map { _ in try Watcher(path, "show events r -w") }
            let client = MasterClient(path: path, timeoutMilliseconds: 60000)
            for turn in 0..<3000 {
                let socket = try TestSocket.connect(port: 80)
                _ = try? socket.receiveAll()
                if turn % 500 == 0 { #expect(try client.send("show version").hasPrefix("2.6")) }
            }
            let isWhole = try eventually {
                try client.send("show events r -n") == "\n"
                    && client.send("show events r").split(separator: "\n").count > 900
            }
            #expect(isWhole)
            // Late readers get what the ring has still, each line whole.
            for watcher in silent {
                let hasRead = eventually { watcher.read() && watcher.text.utf8.count > 500_000 }
                #expect(hasRead)
                let lines = watcher.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                let areWhole = lines.allSatisfy { $0.utf8.count == 1010 && $0.hasSuffix("127.0.0.1") }
                #expect(areWhole)
            }
        }
    }

    /// What a watcher reads on in after a change is another ring, and it gets whole lines of that.
    @Test func aWatcherReadsOnInAnotherRing() throws {
        try withDaemonRoom { directory in
            let path = "\(directory)/s.sock"
            func body(_ size: Int, _ length: Int) -> String {
                """
                global
                  stats socket \(path) level admin
                  stats timeout 60s
                ring r
                  format raw
                  maxlen 1200
                  size \(size)
                frontend f
                  bind 127.0.0.1:80
                  no option dontlognull
                  log ring@r len 1200 local0
                  log-format "\(String(repeating: "x", count: length)) %ci"

                """
            }
            let daemon = try DaemonFixture(body(1_048_576, 1000), in: directory)
            let isThere = try eventually { try Oracle.listens("127.0.0.1:80") && access(path, F_OK) == 0 }
            try #require(isThere, "\(daemon.program.errors)")
            let worker = try daemon.worker()
            let client = MasterClient(path: path, timeoutMilliseconds: 60000)
            func log(_ events: Int) throws {
                let before = try client.send("show events r").split(separator: "\n").count
                for _ in 0..<events {
                    let socket = try TestSocket.connect(port: 80)
                    _ = try? socket.receiveAll()
                }
                let isTold = try eventually {
                    try client.send("show events r").split(separator: "\n").count >= before + events
                }
                try #require(isTold)
            }
            try log(900)
            let silent = try Watcher(path, "show events r -w")
            // It has been asked, and gets no more than its socket takes.
            let isAsked = eventually { silent.hasAnswer }
            #expect(isAsked)
            #expect(try daemon.reload(body(1_234_567, 1017)).success)
            try log(1000)
            let hasRead = eventually {
                silent.read() && silent.text.hasSuffix("127.0.0.1\n") && silent.lines(1027) == 1000
            }
            #expect(hasRead, "\(silent.lines(1010)) \(silent.lines(1027))")
            let lines = silent.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            let areWhole = lines.allSatisfy { [1010, 1027].contains($0.utf8.count) && $0.hasSuffix("127.0.0.1") }
            #expect(areWhole)
            #expect(try daemon.worker() == worker)
        }
    }

    /// Rings that have changed give their memory back.
    @Test func changedRingsAreGivenBack() throws {
        try withDaemonRoom { directory in
            let sink = try TestServer { socket in while try !socket.receive().isEmpty {} }
            func body(_ round: Int) -> String {
                """
                ring r
                  size \(20_000_000 + 1000 * round)
                ring sends
                  size \(20_000_000 + 1000 * round)
                  timeout connect 5s
                  timeout server 10s
                  server s 127.0.0.1:\(sink.port)
                frontend f
                  bind 127.0.0.1:80
                  log ring@r local0
                  log ring@sends local0

                """
            }
            let daemon = try DaemonFixture(body(0), in: directory)
            #expect(try daemon.reload(body(1)).success)
            let worker = try daemon.worker()
            func data() throws -> Int {
                let status = try run("cat", "/proc/\(worker)/status").split(separator: "\n")
                let line = status.first { $0.hasPrefix("VmData") } ?? ""
                return Int(line.split(separator: " ").dropLast().last ?? "") ?? 0
            }
            let before = try data()
            #expect(before > 0)
            for round in 2..<20 { #expect(try daemon.reload(body(round)).success) }
            let isGivenBack = try eventually { try data() < before + 45000 }
            #expect(isGivenBack, "\(before) KiB")
            #expect(try daemon.worker() == worker)
        }
    }
}
