import Addresses
import Glibc
@testable import ProxyEngine
import Syscalls
import TestSupport
import Testing

/// Targets of logs come and go with changes of the configuration.
@Suite(.blocking) struct LogPlaceTests {
    /// Takes what is sent to a target.
    private final class Receiver {
        let endpoint: Endpoint
        private let socket: TestSocket

        init() throws {
            let (socket, port) = try TestSocket.bound(SOCK_DGRAM)
            self.socket = socket
            endpoint = Endpoint(IPAddress(v4: 0x7f00_0001), port: port)
        }

        func received() -> [String] {
            var lines: [String] = []
            var bytes = [UInt8](repeating: 0, count: 2000)
            while true {
                let count = recv(socket.raw, &bytes, bytes.count, CInt(MSG_DONTWAIT))
                if count < 0 { return lines }
                // Without its newline.
                lines.append(String(decoding: bytes[..<max(0, count - 1)], as: UTF8.self))
            }
        }
    }

    private static func group(_ destinations: LogDestination...) -> LogGroup {
        LogGroup(outputs: destinations.map { LogOutput($0, format: .raw) })
    }

    private static func change(_ book: LogBook, _ groups: LogGroup...) {
        book.take(groups)
        book.retire()
        book.freePlacesThatAreLeft()
    }

    @Test func proxiesOfOneGroupHaveTagsOfTheirOwn() throws {
        let book = LogBook(mostTargets: 1)
        var dropped: UInt32 = 0
        try withUnsafeMutablePointer(to: &dropped) { dropped in
            var desk = LogDesk(book, dropped: dropped)
            let receiver = try Receiver()
            var group = Self.group(.datagrams(receiver.endpoint))
            group.outputs[0].format = .priority
            group.outputs.append(LogOutput(.datagrams(receiver.endpoint), format: .rfc5424))
            group.tag = "own"
            Self.change(book, group)
            for tag in [nil, "a", "b", "a"] {
                let begun = desk.begin(book.group(group.number, tag: tag), .notice)
                let entry = try #require(begun)
                desk.line.text("text")
                desk.end(entry, .notice)
            }
            desk.flush()
            let lines = receiver.received()
            let tags = lines.filter { $0 != "<133>text" }.compactMap { $0.split(separator: " ").dropFirst(3).first }
            #expect(tags == ["own", "a", "b", "a"], "\(lines)")
            #expect(lines.count == 8)
            #expect(book.group(group.number, tag: "a") == book.group(group.number, tag: "a"))
        }
    }

    @Test func manyTargetsComeAndGo() throws {
        let book = LogBook(mostTargets: 4)
        var dropped: UInt32 = 0
        try withUnsafeMutablePointer(to: &dropped) { dropped in
            var desk = LogDesk(book, dropped: dropped)
            func tell(_ text: String, _ group: UnsafePointer<LogGroupEntry>?) {
                guard let group = desk.begin(group, .notice) else { return }
                desk.line.text(text)
                desk.end(group, .notice)
            }
            let receivers = try (0..<64).map { _ in try Receiver() }
            var former: [(receiver: Int, entry: UnsafePointer<LogGroupEntry>?)] = []
            var expected = [[String]](repeating: [], count: receivers.count)
            for change in 0..<5000 {
                let place = change % receivers.count
                let group = Self.group(.datagrams(receivers[place].endpoint))
                Self.change(book, group)
                let entry = book.group(group.number)
                former.append((place, entry))
                tell("line \(change)", entry)
                expected[place].append("line \(change)")
                // Whose configuration has gone a while ago tells nobody else.
                if former.count > 8 { tell("old \(change)", former.removeFirst().entry) }
                desk.flush()
                if change % 1000 == 999 {
                    for (index, receiver) in receivers.enumerated() {
                        #expect(receiver.received() == expected[index])
                        expected[index] = []
                    }
                }
            }
            #expect(dropped.pointee == 5000 - 8)
            #expect(book.sinkCount <= 8)
        }
    }

    /// A line that a target has not taken is not sent to who gets its place.
    @Test func whatWaitsIsForNobodyElse() throws {
        let book = LogBook(mostTargets: 1)
        var dropped: UInt32 = 0
        try withUnsafeMutablePointer(to: &dropped) { dropped in
            var desk = LogDesk(book, dropped: dropped)
            let receivers = try (0..<4).map { _ in try Receiver() }
            for (number, receiver) in receivers.enumerated() {
                let group = Self.group(.datagrams(receiver.endpoint))
                Self.change(book, group)
                guard let begun = desk.begin(book.group(group.number), .notice) else {
                    throw SystemError(code: ENOENT, operation: "begin a line")
                }
                desk.line.text("line \(number)")
                desk.end(begun, .notice)
            }
            desk.flush()
            #expect(receivers.map { $0.received() } == [[], [], [], ["line 3"]])
            #expect(dropped.pointee == 3)
            let isEmpty = desk.isEmpty
            #expect(isEmpty)
        }
    }

    /// Those that come back are served again, and too many are counted.
    @Test func targetsComeBackAndTooManyAreCounted() throws {
        let book = LogBook(mostTargets: 2)
        var dropped: UInt32 = 0
        try withUnsafeMutablePointer(to: &dropped) { dropped in
            var desk = LogDesk(book, dropped: dropped)
            func tell(_ text: String, _ group: LogGroup) {
                guard let entry = desk.begin(book.group(group.number), .notice) else { return }
                desk.line.text(text)
                desk.end(entry, .notice)
                desk.flush()
            }
            let receivers = try (0..<3).map { _ in try Receiver() }
            let groups = receivers.map { Self.group(.datagrams($0.endpoint)) }
            Self.change(book, groups[0], groups[1], groups[2])
            for (number, group) in groups.enumerated() { tell("first \(number)", group) }
            #expect(receivers.map { $0.received() } == [["first 0"], ["first 1"], []])
            #expect(dropped.pointee == 1)
            // With room for it, it has a place.
            Self.change(book, groups[2])
            tell("second", groups[2])
            #expect(receivers.map { $0.received() } == [[], [], ["second"]])
            Self.change(book, groups[0], groups[1])
            for (number, group) in groups.prefix(2).enumerated() { tell("third \(number)", group) }
            #expect(receivers.map { $0.received() } == [["third 0"], ["third 1"], []])
            #expect(dropped.pointee == 1)
        }
    }

    /// A ring that changes gives its memory back; who still writes to the one before writes to the one of its name.
    @Test func aChangedRingIsGivenBack() {
        let book = LogBook(mostTargets: 8)
        var dropped: UInt32 = 0
        withUnsafeMutablePointer(to: &dropped) { dropped in
            var desk = LogDesk(book, dropped: dropped)
            func tell(_ text: String, _ entry: UnsafePointer<LogGroupEntry>?) {
                guard let group = desk.begin(entry, .notice) else { return }
                desk.line.text(text)
                desk.end(group, .notice)
                desk.flush()
            }
            func told() -> [[String]] {
                book.rings.map { ring in
                    ring.memory.pointee.read(from: .oldest, atMost: .max).messages.map {
                        String(decoding: $0, as: UTF8.self)
                    }
                }
            }
            func ring(_ size: UInt32) -> LogRing { LogRing(name: "r", size: size) }
            let groups = [1000, 2000, 3000].map { Self.group(.ring(ring($0))) }
            Self.change(book, groups[0])
            let first = book.group(groups[0].number)
            tell("one", first)
            #expect(told() == [["one"]])
            Self.change(book, groups[1])
            let second = book.group(groups[1].number)
            tell("two", first)
            tell("three", second)
            #expect(told() == [["two", "three"]])
            Self.change(book, groups[0])
            tell("four", first)
            tell("five", second)
            #expect(told() == [["four", "five"]])
            Self.change(book, groups[2])
            for (text, entry) in [("six", first), ("seven", second), ("eight", book.group(groups[2].number))] {
                tell(text, entry)
            }
            #expect(told() == [["six", "seven", "eight"]])
            #expect(dropped.pointee == 0)
            // Nothing has its name.
            Self.change(book)
            tell("nine", first)
            #expect(told() == [])
            #expect(dropped.pointee == 1)
            Self.change(book, groups[1])
            // Who writes since before that has none; who came with it has.
            tell("ten", second)
            #expect(told() == [[]])
            #expect(dropped.pointee == 2)
            tell("eleven", book.group(groups[1].number))
            #expect(told() == [["eleven"]])
        }
    }

    /// A group for which there is no room is entered once, and is the same one when there is.
    @Test func groupsStayWhereTheyAre() throws {
        let book = LogBook(mostTargets: 2)
        var dropped: UInt32 = 0
        try withUnsafeMutablePointer(to: &dropped) { dropped in
            var desk = LogDesk(book, dropped: dropped)
            let receivers = try (0..<3).map { _ in try Receiver() }
            let groups = receivers.map { Self.group(.datagrams($0.endpoint)) }
            func tell(_ text: String, _ index: Int) {
                guard let begun = desk.begin(book.group(groups[index].number), .notice) else { return }
                desk.line.text(text)
                desk.end(begun, .notice)
                desk.flush()
            }
            func received() -> [[String]] { receivers.map { $0.received() } }
            Self.change(book, groups[0], groups[1], groups[2])
            let entries = groups.map { book.group($0.number) }
            for round in 0..<30 {
                Self.change(book, groups[0], groups[1], groups[2])
                let now = groups.map { book.group($0.number) }
                #expect(now == entries)
                for index in 0..<3 { tell("\(round)", index) }
                #expect(received() == [["\(round)"], ["\(round)"], []])
            }
            #expect(dropped.pointee == 30)
            Self.change(book, groups[2], groups[0])
            #expect(book.group(groups[2].number) == entries[2])
            tell("at last", 2)
            #expect(received() == [[], [], ["at last"]])
            #expect(dropped.pointee == 30)
        }
    }

    /// A place of one ring is none in another one.
    @Test func placesAreOfTheirRing() {
        var first = RingMemory(size: 1000, bell: -1)
        var second = RingMemory(size: 2000, bell: -1)
        defer { withExtendedLifetime((first, second)) {} }
        func add(_ text: String, to ring: inout RingMemory) {
            let bytes = Array("\(text)\n".utf8)
            ring.append(bytes, [UInt32(bytes.count)], 1)
        }
        for _ in 0..<20 { add("12345", to: &first) }
        let place = first.read(from: .oldest, atMost: 20).next
        for _ in 0..<20 { add("another one", to: &second) }
        let whole = second.read(from: .oldest, atMost: .max)
        let other = second.read(from: place, atMost: .max)
        #expect(other.messages == whole.messages && other.messages.count == 20)
        #expect(first.read(from: place, atMost: .max).messages.count == 16)
        #expect(second.read(from: whole.next, atMost: .max).messages.isEmpty)
        #expect(second.read(from: .newest, atMost: .max).messages.isEmpty)
        // Also one that can be none of its own.
        let odd = RingPlace(ring: whole.next.ring, offset: 3)
        #expect(second.read(from: odd, atMost: .max).messages.isEmpty)
    }

    /// Descriptors and memory of those that have gone are given back.
    @Test func whatHasGoneIsGivenBack() throws {
        let book = LogBook(mostTargets: 4)
        let before = try TestSocket.bound().socket.raw
        for change in 0..<20000 {
            let ring = LogRing(name: "r\(change)", size: 1000)
            Self.change(book, Self.group(.unix("@place\(change)"), .ring(ring)))
        }
        #expect(book.sinkCount <= 8)
        #expect(book.rings.count == 1)
        let after = try TestSocket.bound().socket.raw
        #expect(after < before + 10000)
    }
}
