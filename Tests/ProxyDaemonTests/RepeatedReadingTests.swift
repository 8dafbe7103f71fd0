import Glibc
@testable import ProxyDaemon
import ProxyEngine
import Syscalls
import TestSupport
import Testing

/// What is read of a text that differs from the one before makes the same as all of it.
struct RepeatedReadingTests {
    /// SplitMix64; a failure prints the seed.
    private struct Draw: RandomNumberGenerator {
        let seed = UInt64.random(in: 0 ... .max)
        private var state: UInt64

        init() {
            state = seed
            print("reading seed \(seed)")
        }

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return mixed ^ mixed >> 31
        }

        mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
    }

    /// A file, read once as a whole and then where it differs.
    private final class Reading {
        let path: String
        private var former: LoadedConfiguration?
        private(set) var partial = 0

        init(_ directory: String) { path = "\(directory)/proxy.cfg" }

        private var text = ""

        func write(_ text: String) throws {
            self.text = text
            try RepeatedReadingTests.write(text, to: path)
        }

        /// The same error, or the same of everything.
        func read(_ note: String) throws {
            let options = try CommandLineOptions(["-f", path])
            let whole = Result { try LoadedConfiguration.load(options) }
            let addresses = Set(
                (try former?.snapshot.decoded())?.listeners.map { $0.listener.address } ?? []
            )
            let known = former.map { former in
                FormerConfiguration(snapshot: former.snapshot, digest: former.digest) { addresses.contains($0) }
            }
            let next = Result { try LoadedConfiguration.load(options, after: known) }
            switch (whole, next) {
            case (.success(let whole), .success(let next)):
                #expect(try next.snapshot.decoded() == whole.snapshot.decoded(), "\(note)")
                #expect(next.warnings == whole.warnings, "\(note)")
                #expect(next.unserved == whole.unserved, "\(note)")
                #expect(next.needs == whole.needs, "\(note)")
                #expect(next.process == whole.process && next.global == whole.global, "\(note)")
                #expect(next.fingerprint == whole.fingerprint, "\(note)")
                let hashes = [whole, next].map { $0.digest?.proxies.map { $0.hash } }
                #expect(hashes[0] == hashes[1], "\(note)")
                if let known, RepeatedReadingTests.part(text, known) != nil, next.digest != nil { partial += 1 }
                former = next
            case (.failure(let whole as LoadedConfiguration.Refused), .failure(let next as LoadedConfiguration.Refused)):
                #expect(whole.lines == next.lines, "\(note)")
            default: Issue.record("one is refused, the other is not: \(note)")
            }
        }
    }

    private static let head = """
        global
          log stdout format raw local0 info
          maxconn 100
        defaults
          mode tcp
          timeout connect 5s
          timeout client 1m
          timeout server 1m

        """

    /// Sections as text, and changes of them.
    private struct Sections {
        var list: [String] = []

        static func frontend(_ draw: inout Draw, _ number: Int) -> String {
            var text = "frontend f\(number)\n  bind 127.0.0.1:\(1000 + number)\n"
            if draw.below(6) == 0 { text += "  bind 127.0.0.\(draw.below(3)):\(1000 + draw.below(12))\n" }
            if draw.below(9) == 0 { text += "  bind :::\(1000 + draw.below(5)) v4v6\n" }
            if draw.below(9) == 0 { text += "  bind 0.0.0.0:\(1000 + draw.below(5))\n" }
            if draw.below(4) == 0 { text += "  use_backend b\(draw.below(9)) if { dst_port \(draw.below(9)) }\n" }
            if draw.below(9) == 0 { text += "  maxconn \(draw.below(99))\n" }
            return text + "  default_backend b\(draw.below(5) == 0 ? draw.below(12) : number)\n"
        }

        static func backend(_ draw: inout Draw, _ number: Int) -> String {
            var text = "backend b\(number)\n  balance roundrobin\n"
            for server in 0..<draw.below(4) {
                text += "  server s\(server) 127.0.0.1:\(1 + draw.below(9))"
                if draw.below(4) == 0 { text += " check" }
                if draw.below(20) == 0 { text += " track b\(draw.below(9))/s0" }
                if draw.below(20) == 0 { text += " source 127.0.0.1 usesrc clientip" }
                if draw.below(60) == 0 { text += " minconn 1 maxconn 9" }
                text += "\n"
            }
            if draw.below(20) == 0 { text += "  stick-table type ip size 10\n  stick on src\n" }
            if draw.below(20) == 0 { text += "  stick on src table b\(draw.below(9))\n" }
            if draw.below(20) == 0 { text += "  fullconn \"$A$B\"7\n" }
            return text
        }

        static func other(_ draw: inout Draw, _ number: Int) -> String {
            switch draw.below(8) {
            case 0: "listen l\(number)\n  bind 127.0.0.2:\(1000 + draw.below(12))\n  server s 127.0.0.1:1\n"
            case 1: "defaults d\(number)\n  mode tcp\n  timeout client \(1 + draw.below(9))s\n"
            case 2: "backend b\(draw.below(9))\n  nonsense\n"
            case 3: "# a comment\n\n"
            case 4: ".if defined(A)\nbackend b99\n.endif\n"
            case 5: "backend x\n  id 7\n"
            default: backend(&draw, draw.below(12))
            }
        }

        mutating func change(_ draw: inout Draw) {
            let place = draw.below(list.count)
            switch draw.below(8) {
            case 0: list.remove(at: place)
            case 1: list.insert(Self.frontend(&draw, draw.below(15)), at: place)
            case 2: list.insert(Self.backend(&draw, draw.below(15)), at: place)
            case 3: list.insert(Self.other(&draw, draw.below(15)), at: place)
            case 4: list.swapAt(place, draw.below(list.count))
            default:
                let name = list[place].split(separator: "\n").first?.split(separator: " ").last ?? ""
                guard let number = Int(name.dropFirst()) else { return }
                list[place] =
                    list[place].hasPrefix("frontend")
                    ? Self.frontend(&draw, number) : Self.backend(&draw, number)
            }
        }
    }

    @Test func aPartMakesTheSameAsTheWhole() throws {
        try withTemporaryDirectory { directory in
            var draw = Draw()
            var partial = 0
            for _ in 0..<8 {
                var sections = Sections()
                for number in 0..<25 {
                    sections.list.append(
                        "frontend f\(number)\n  bind 127.0.0.1:\(1000 + number)\n  default_backend b\(number)\n"
                    )
                    sections.list.append("backend b\(number)\n  server s0 127.0.0.1:1 check\n")
                }
                let reading = Reading(directory)
                try reading.write(Self.head + sections.list.joined())
                try reading.read("seed \(draw.seed), first")
                for round in 0..<20 {
                    var next = sections
                    for _ in 0...draw.below(2) { next.change(&draw) }
                    let text = "# _version=\(round)\n" + Self.head + next.list.joined()
                    try reading.write(text)
                    try reading.read("seed \(draw.seed), round \(round)")
                    if (try? LoadedConfiguration.load(try CommandLineOptions(["-f", reading.path]))) != nil {
                        sections = next
                    }
                }
                partial += reading.partial
            }
            #expect(partial > 8)
        }
    }

    @Test func oneOfManyIsRead() throws {
        let body = (0..<200).map { number in
            "frontend f\(number)\n  bind 127.0.0.1:\(1000 + number)\n  default_backend b\(number)\n"
                + "backend b\(number)\n  server s 127.0.0.1:1 check\n"
        }
        let text = Self.head + body.joined()
        let loaded = try Self.loaded(text)
        let next = text.replacing("bind 127.0.0.1:1100\n", with: "bind 127.0.0.1:1100\n  bind 127.0.0.1:5000\n")
        let former = FormerConfiguration(snapshot: loaded.snapshot, digest: loaded.digest) { _ in false }
        let part = try #require(Self.part(next, former))
        #expect(part.sources.count == 400)
        #expect(part.sources.indices.filter { part.sources[$0] == nil } == [200, 201])
        #expect(part.text.contains("bind 127.0.0.1:5000") && !part.text.contains("1101"))
        // Nothing but comments: nobody is read.
        let same = try #require(Self.part("# _version=3\n" + text, former))
        #expect(same.sources == (0..<400).map { $0 })
        // What all depend on.
        #expect(Self.part(text.replacing("maxconn 100", with: "maxconn 101"), former) == nil)
        #expect(Self.part(text.replacing("backend b7\n", with: "backend b8\n"), former) == nil)
    }

    /// Whoever inherits a name from `defaults` does not say it.
    @Test(arguments: ["", "frontend b1\n  bind 127.0.0.1:2000\n  default_backend b2\n"])
    func aBackendThatDefaultsNameIsMissed(instead: String) throws {
        try withTemporaryDirectory { directory in
            let others = (2..<40).map { "backend b\($0)\n  server s 127.0.0.1:1\n" }.joined()
            // A backend would name itself.
            let defaults = "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1m\n  timeout server 1m\n"
            let body = "frontend f\n  bind 127.0.0.1:1000\n" + defaults + others
            let text = Self.head + "  default_backend b1\n" + body
            let reading = Reading(directory)
            try reading.write(text + "backend b1\n  server s 127.0.0.1:1\n")
            try reading.read("all")
            try reading.write(
                text.replacing("b2\n  server s", with: "b2\n  server t") + "backend b1\n  server s 127.0.0.1:1\n"
            )
            try reading.read("another server")
            #expect(reading.partial == 1)
            try reading.write(text + instead)
            try reading.read("without the backend")
        }
    }

    fileprivate static func write(_ text: String, to path: String) throws {
        try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600).writeAll(Array(text.utf8))
    }

    fileprivate static func part(_ text: String, _ former: FormerConfiguration) -> FormerConfiguration.Part? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in SectionCuts(bytes).flatMap { former.part(bytes, $0) } }
    }

    private static func loaded(_ text: String) throws -> LoadedConfiguration {
        try withTemporaryDirectory { directory in
            try write(text, to: "\(directory)/proxy.cfg")
            let loaded = try LoadedConfiguration.load(try CommandLineOptions(["-f", "\(directory)/proxy.cfg"]))
            #expect(loaded.digest != nil, "\(loaded.warnings)")
            return loaded
        }
    }
}
