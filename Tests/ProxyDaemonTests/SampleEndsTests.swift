import Glibc
import Syscalls
import TestSupport
import Testing

/// Integers at the ends of their range, given by clients and by the configuration: nothing traps, and what C defines is as in
/// HAProxy.
@Suite(.blocking) struct SampleEndsTests {
    private static let ends: [Int64] = [.min, .min + 1, -1, 0, 1, .max]

    /// Some of these end a HAProxy, or are undefined there.
    private static let all: [String] = {
        var result = ["thread,bool", "date_us,bool", "rand,bool"]
        for a in ends {
            for name in [
                "cpl", "neg", "bool", "not", "even", "odd", "htonl,hex", "hex", "length", "iif(y,n)", "in_table(t)",
            ] {
                result.append("int(\(a)),\(name)")
            }
            for name in ["add", "sub", "mul", "div", "mod", "and", "or", "xor"] {
                result += ends.map { "int(\(a)),\(name)(\($0))" }
            }
            result += [
                "rand(\(a)),bool", "date(\(a)),bool", "date(\(a),ms),bool", "date(\(a),us),bool",
                "str(abc),bytes(\(a))",
                "str(abc),xxh32(\(a))", "str(abc),xxh64(\(a))", "str(abc),crc32(\(a))", "str(abc),sdbm(\(a))",
                "str(a%41),url_dec(\(a))", "int(\(a)),table_expire(t,\(a))", "int(\(a)),table_idle(t,\(a))",
                "int(\(a)),utime(%Y)", "int(\(a)),ltime(%Y)", "int(\(a)),http_date",
            ]
            if a > 0 { result += ["bin(01020304),be2hex(:,\(a))", "bin(01020304),be2hex(:,\(a),1)"] }
            for b in ends {
                result += [
                    "int(\(a)),http_date(\(b))", "int(\(a)),http_date(\(b),ms)", "int(\(a)),http_date(\(b),us)",
                    "int(\(a)),utime(%Y,\(b))", "int(\(a)),ltime(%Y,\(b))", "str(abcdef),bytes(\(a),\(b))",
                    "req.payload(\(a),\(b))",
                ]
                if a != 0 { result += ["field", "word"].map { "str(a:b::c:d),\($0)(\(a),:,\(b))" } }
                if a >= 0, b > 0 { result += ["req.payload_lv(\(a),\(b))", "req.payload_lv(0,1,\(b))"] }
            }
        }
        return result
    }()

    /// What both answer alike.
    private static let defined: [String] =
        all.filter { text in
            // HAProxy's sums of two negative numbers are the largest number.
            if text.contains("),add(") || text.contains("),sub(") {
                let numbers = text.split { "(),".contains($0) }.compactMap { Int64($0) }
                let isSum = text.contains("),add(")
                return numbers[0] >= 0 || (isSum ? numbers[1] >= 0 : numbers[1] < 0 && numbers[1] > .min)
            }
            for name in [
                "mul", "div", "mod", "and", "or", "xor", "cpl", "neg", "bool", "not", "even", "odd", "htonl", "hex",
                "length", "iif",
                "in_table", "xxh", "crc32", "sdbm", "url_dec", "table_expire", "table_idle",
            ] where text.contains("),\(name)") { return !text.contains("be2hex") && !text.hasPrefix("rand") }
            return false
        } + [
            "str(a:b::c:d),word(1,:,9223372036854775807)", "str(a:b::c:d),word(9223372036854775807,:,1)",
            "str(a:b::c:d),word(9223372036854775807,:,2)", "str(a:b::c:d),word(-9223372036854775807,:,9)",
            "str(a:b::c:d),word(2,:,4294967297)", "str(a:b::c:d),field(2,:,4294967297)",
            "str(a:b::c:d),field(1,:,9223372036854775807)", "str(a:b::c:d),field(2,:,-1)",
            "str(a:b::c:d),field(-9223372036854775807,:,2)", "str(abcdef),bytes(1,-1)", "str(abcdef),bytes(0,0)",
            "str(abcdef),bytes(1,9223372036854775807)", "rand(0)", "rand(1)", "int(1),utime(%Y,-1)",
        ]

    private static let size = 40

    /// The values of `expressions`, for a client that says `words`; as many as lines came.
    private static func ask(
        _ expressions: [String],
        _ words: String,
        in directory: String,
        _ start: (String) throws -> Background
    ) throws -> [String] {
        let receiver = try LogReceiver()
        let chunks = stride(from: 0, to: expressions.count, by: size).map {
            expressions[$0..<min($0 + size, expressions.count)]
        }
        let frontends = chunks.enumerated().map { index, chunk in
            let rules = chunk.enumerated().map { "  tcp-request content set-var(txn.v\($0)) \($1) if WAIT_END\n" }
            let format = (0..<chunk.count).map { "%[var(txn.v\($0))]" }.joined(separator: "~|~")
            return """
                frontend f\(index)
                  bind 127.0.0.1:\(100 + index)
                  tcp-request inspect-delay 60s
                \(rules.joined())  log-format "\(format)"
                  default_backend t

                """
        }.joined()
        let program = try start(
            """
            \(receiver.head(length: 8192))
            \(frontends)backend t
              stick-table type integer size 10 expire 10s

            """
        )
        let last = "127.0.0.1:\(100 + chunks.count - 1)"
        try #require(try eventually { try Oracle.listens(last) }, "\(program.errors)")
        for index in chunks.indices {
            let socket = try TestSocket.connect(port: UInt16(100 + index))
            try? socket.send(words)
            socket.shutdownWrite()
            _ = try? socket.receiveAll()
            let hasCome = eventually { receiver.received().count == index + 1 }
            try #require(hasCome, "\(chunks[index].joined(separator: " "))\n\(program.errors)")
        }
        return receiver.received().flatMap { line in
            line.split(separator: "~|~", omittingEmptySubsequences: false).map { String($0) }
        }
    }

    @Test func nothingTraps() throws {
        try withDaemonRoom { directory in
            func start(_ text: String) throws -> Background {
                let path = "\(directory)/ends.cfg"
                try write(text, to: path)
                return try Background([proxyd, "-db", "-f", path], in: directory)
            }
            let count = try Self.ask(Self.all, "abcdef", in: directory, start).count
            #expect(count == Self.all.count)
        }
    }

    /// What a client says is a number, too.
    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "99999999999999999999", "-1", "0"])
    func clientsMaySayAnyNumber(_ number: String) throws {
        let conversions =
            [
                "utime(%Y,1)", "ltime(%Y,-1)", "utime(%Y,9223372036854775807)", "ltime(%Y,-9223372036854775808)", "neg",
                "cpl",
                "http_date(9223372036854775807,us)", "http_date(-9223372036854775808)", "table_expire(t,1)", "htonl",
            ]
            + ["add", "sub", "mul", "div", "mod"].flatMap { name in Self.ends.map { "\(name)(\($0))" } }
        let expressions = conversions.map { "req.payload(0,0),lower,\($0)" }
        try withDaemonRoom { directory in
            func start(_ text: String) throws -> Background {
                let path = "\(directory)/said.cfg"
                try write(text, to: path)
                return try Background([proxyd, "-db", "-f", path], in: directory)
            }
            let count = try Self.ask(expressions, number, in: directory, start).count
            #expect(count == expressions.count)
        }
    }

    @Test func whatIsDefinedIsHAProxys() throws {
        try withDaemonRoom { directory in
            let results = try Background.ofBoth(in: directory) { start in
                try Self.ask(Self.defined, "abcdef", in: directory, start)
            }
            for (expression, (ours, theirs)) in zip(Self.defined, zip(results.ours, results.theirs)) {
                #expect(ours == theirs, "\(expression)")
            }
            #expect(results.ours.count == Self.defined.count)
        }
    }

    private func write(_ text: String, to path: String) throws {
        try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600).writeAll(Array(text.utf8))
    }
}
