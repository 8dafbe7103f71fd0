/// A frontend or a backend in bytes. A copy is the same; another one that says the same is not.
public struct EncodedProxy: Sendable {
    /// Of all that were encoded together: thousands of small pieces would lie between what starting leaves.
    private let store: [UInt8]
    private let start: UInt32
    private let count: UInt32

    public init(_ frontend: Frontend) { self.init { $0.write(frontend) } }

    public init(_ backend: Backend) { self.init { $0.write(backend) } }

    private init(_ body: (inout ByteWriter) -> Void) {
        var writer = ByteWriter()
        body(&writer)
        self.init(writer.bytes.exact, 0..<writer.bytes.count)
    }

    init(_ store: [UInt8], _ range: Range<Int>) {
        self.store = store
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        count = UInt32(truncatingIfNeeded: range.count)
    }

    var bytes: ArraySlice<UInt8> { store[Int(start)..<Int(start) + Int(count)] }

    public func isIdentical(to other: EncodedProxy) -> Bool { identity == other.identity }

    /// Where the bytes lie; they are never empty.
    var identity: UnsafeRawPointer? { bytes.withUnsafeBytes { $0.baseAddress } }

    /// The frontend, if it is one.
    public func frontend() throws(MalformedSnapshot) -> Frontend {
        var reader = ByteReader([UInt8](bytes))
        return try reader.frontend()
    }
}

/// Encodes proxies into one piece of memory, without those that a former snapshot has already.
struct EncodedPieces {
    private enum Piece {
        case shared(EncodedProxy)
        /// Among the bytes that were written.
        case fresh(Range<Int>)
    }

    private let former: [EncodedProxy]
    /// Where the next one probably is: they are mostly in the same order.
    private var next = 0
    /// Made when one is not there.
    private var places: [ArraySlice<UInt8>: Int]?
    private var writer = ByteWriter()
    private var pieces: [Piece] = []

    init(_ former: [EncodedProxy], room: Int) {
        self.former = former
        pieces.reserveCapacity(room)
    }

    mutating func append(_ body: (inout ByteWriter) -> Void) {
        let start = writer.bytes.count
        body(&writer)
        guard let place = place(of: start..<writer.bytes.count) else {
            pieces.append(.fresh(start..<writer.bytes.count))
            return
        }
        writer.bytes.removeLast(writer.bytes.count - start)
        pieces.append(.shared(former[place]))
        next = place + 1
    }

    private mutating func place(of range: Range<Int>) -> Int? {
        if next < former.count, former[next].bytes == writer.bytes[range] { return next }
        if former.isEmpty { return nil }
        let places = places ?? Dictionary(former.indices.map { (former[$0].bytes, $0) }) { first, _ in first }
        self.places = places
        return places[writer.bytes[range]]
    }

    func finished() -> [EncodedProxy] {
        let store = writer.bytes.exact
        return pieces.map { piece in
            switch piece {
            case .shared(let proxy): proxy
            case .fresh(let range): EncodedProxy(store, range)
            }
        }
    }
}

extension [UInt8] {
    /// A copy without room to spare.
    fileprivate var exact: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
