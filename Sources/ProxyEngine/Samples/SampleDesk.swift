/// A worker's room for samples: what converters make, and what is known of the moment at which they are asked for.
struct SampleDesk: ~Copyable {
    /// HAProxy's `tune.bufsize`: no text is longer.
    static let size = 16384
    /// Of the bytes that were said, so many are looked at (`tune.bufsize` without `tune.maxrewrite`).
    static let look = 15360

    /// Whose bytes may be looked at.
    enum Side: UInt8 {
        case none
        case request
        case response
    }

    /// For looking patterns up.
    let patterns = PatternScratch()
    private let room: UnsafeMutablePointer<UInt8>
    private var turn = 0
    private(set) var side = Side.none
    /// Bytes that have been looked at; -1: nobody has yet.
    var peeked = -1
    /// The side that speaks has ended.
    var hasEnded = false
    /// Nothing more is waited for.
    private(set) var isFinal = true
    /// The last answer may be another one when more has been said.
    var mayChange = false
    private var state: UInt64

    init() {
        room = .allocate(capacity: 2 * Self.size)
        state = UInt64.random(in: 1...UInt64.max)
    }

    deinit {
        room.deallocate()
        patterns.free()
    }

    /// Rules are looked at: what was looked at before is not what is there now.
    @inline(__always)
    mutating func begin(_ side: Side, isFinal: Bool) {
        self.side = side
        self.isFinal = isFinal
        hasEnded = false
        peeked = -1
    }

    /// Judges what has been looked at as if nothing came behind it.
    mutating func makeFinal() { isFinal = true }

    mutating func end() { side = .none }

    /// Room for one text. What the converter before has made stays; what was made before that does not.
    mutating func next() -> UnsafeMutablePointer<UInt8> {
        turn ^= 1
        return room + turn * Self.size
    }

    /// A number by chance, of which nobody may expect that it cannot be guessed (xorshift64*).
    mutating func random() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }
}
