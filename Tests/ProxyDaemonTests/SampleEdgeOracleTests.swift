import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What converters make of what is empty, absent or very large, against the real HAProxy: whether something comes out, too.
@Suite(.blocking) struct SampleEdgeOracleTests {
    private static let expressions = #"""
        str(a.b..c..),word(2,.,-1)
        str(a.b..c..),word(2,.,0)
        str(a.b..c..),word(2,.,2)
        str(a.b..c..),word(9,.,2)
        str(a.b..c..),word(4,.)
        str(..a.b..c..),word(-2,.,0)
        str(..a.b..c..),word(-2,.,1)
        str(..a.b..c..),word(-9,.,1)
        str(..a.b..c..),word(-9,.,-100)
        str(abc),word(2,.,-1)
        str(banana),word(100,a,-100)
        str(),word(1,a)
        str(),word(1,a,0)
        str(a/b/c),word(3,/,4294967296)
        str(banana),word(4294967296,a)
        str(a.b),field(5,.)
        str(a.b),field(5,.,0)
        str(a.b),field(-5,.,0)
        str(),field(1,.)
        str(),field(-1,.)
        str(a.b.),field(3,.)
        str(a.b),field(4294967297,.)
        str(...),word(1,.)
        str(...),word(-1,.)
        int(9223372036854775807),ltime('%H:%M:%S',60)
        int(9223372036854775807),utime('%H:%M:%S',60)
        int(9223372036854775807),utime('%H:%M:%S %Y',0)
        int(9223372036854775807),utime('%Y')
        int(-9223372036854775807),utime('%Y')
        int(67768036191676799),utime('%Y-%m-%dT%H:%M:%S')
        int(67768036191676800),utime('%Y-%m-%dT%H:%M:%S')
        int(67768036191676801),ltime('%Y-%m-%dT%H:%M:%S')
        int(5),ltime
        int(5),ltime()
        int(5),json
        bin(6122c3a9),json
        bin(6122c3a9),json()
        str(a/b\ c),url_enc
        str(a/b\ c),url_enc()
        str(a\ b),ltrim
        str(a\ b),rtrim()
        str(a\ b),concat
        str(a\ b),concat()
        bin(010203),be2hex
        bin(010203),be2hex()
        int(5),add
        int(5),sub()
        int(5),mul
        int(5),div()
        int(5),mod
        int(5),and()
        int(5),or
        int(5),xor()
        str(WWW.A:80),host_only
        int(2),unset-var(sess.none)
        int(3),set-var(sess.z1,ifexists)
        int(3),set-var(sess.z1,ifnotexists)
        int(4),set-var(sess.z1,ifnotexists)
        int(4),set-var(sess.z1,ifempty)
        str(),set-var(sess.z1,ifempty)
        str(),set-var(sess.z1,ifnotempty)
        str(a),set-var(sess.z1,ifnotempty)
        str(a),set-var(sess.z1,ifset)
        str(a),set-var(sess.z2,ifset)
        str(a),set-var(sess.z1,ifnotset)
        int(4),set-var(sess.z4)
        int(3),set-var(sess.z4,ifgt)
        int(9),set-var(sess.z4,ifgt)
        int(9),set-var(sess.z4,iflt)
        int(1),set-var(sess.z4,iflt)
        int(1),set-var(proc.z4,ifnotexists)
        int(1),set-var(proc.z5,ifset)
        int(1),set-var(proc.z4,ifexists)
        int(1),set-var(proc.z9,ifexists)
        int(5),unset-var(proc.z4)
        int(100),http_date()
        str(a),sha2(),hex,length
        str(a%20+),url_dec()
        """#.split(separator: "\n").map { String($0) }

    /// What each expression gives, in both programs: the value, and its length, which tells what is empty from what is not there.
    private func ask(_ expressions: [String], _ words: String = "?") throws -> (ours: [Substring], theirs: [Substring])
    {
        let rules = expressions.enumerated().map { "  tcp-request content set-var(sess.v\($0)) \($1) if WAIT_END" }
        let format = expressions.indices.map { "%[var(sess.v\($0))]|%[var(sess.v\($0)),length]" }
        let box = Answers()
        try withDaemonRoom { directory in
            box.both = try Background.ofBoth(in: directory) { start -> [Substring] in
                let receiver = try LogReceiver()
                let program = try start(
                    """
                    \(receiver.head(length: 60000))
                    listen l
                      bind 127.0.0.1:80
                      tcp-request inspect-delay 60s
                    \(rules.joined(separator: "\n"))
                      log-format "\(format.joined(separator: "~"))"
                      server s1 127.0.0.1:9

                    """
                )
                try #require(try eventually { try Oracle.listens("127.0.0.1:80") }, "\(program.errors)")
                do {
                    let socket = try TestSocket.connect(port: 80)
                    try socket.send(words)
                    socket.shutdownWrite()
                    _ = try? socket.receiveAll()
                }
                let isTold = eventually { receiver.received().count == 1 }
                try #require(isTold, "\(program.errors)")
                return receiver.received()[0].prefix { $0 != "\n" }.split(
                    separator: "~",
                    omittingEmptySubsequences: false
                )
            }
        }
        return box.both
    }

    private final class Answers: @unchecked Sendable {
        var both: (ours: [Substring], theirs: [Substring]) = ([], [])
    }

    @Test func edgesAreHAProxys() throws {
        let (ours, theirs) = try ask(Self.expressions)
        #expect(ours.count == Self.expressions.count)
        #expect(theirs.count == Self.expressions.count)
        for (expression, (ours, theirs)) in zip(Self.expressions, zip(ours, theirs)) {
            #expect(ours == theirs, "\(expression)")
        }
    }

    /// 200 draws of ten numbers: hardly ever would fewer than five come, or a mean so far away.
    @Test func numbersAreDrawnFromTheWholeRange() throws {
        let (ours, theirs) = try ask(Array(repeating: "rand(10)", count: 200))
        for drawn in [ours, theirs] {
            let numbers = drawn.compactMap { Int($0.prefix { $0 != "|" }) }
            #expect(numbers.count == 200)
            let isWithin = numbers.allSatisfy { (0..<10).contains($0) }
            #expect(isWithin)
            #expect(Set(numbers).count >= 5)
            let sum = numbers.reduce(0, +)
            #expect((500...1300).contains(sum))
        }
    }

    @Test func capturesOfAnyNumberAreAskedFor() throws {
        let numbers = ["9223372036854775807", "-9223372036854775808", "4294967295", "4294967296", "-1", "0", "7"]
        let (ours, theirs) = try ask(["str(a)"] + numbers.map { "capture.req.hdr(\($0))" })
        #expect(ours == theirs)
        #expect(ours.count == numbers.count + 1)
    }

    /// A client chooses the text: what would be looked through from each of its bytes to the end is given up.
    @Test func replacingIsBounded() throws {
        let asked = ["req.payload(0,0),regsub('a.*b|a',x,g)", "req.payload(0,0),regsub('a+',x,g)"]
        let (few, same) = try ask(asked, String(repeating: "a", count: 100))
        #expect(few == same)
        #expect(few.first == Substring(String(repeating: "x", count: 100) + "|100"))
        let (ours, theirs) = try ask(asked, String(repeating: "a", count: 4000))
        #expect(ours.first == "-|-")
        #expect(ours.last == "x|1")
        #expect(ours.last == theirs.last)
    }
}
