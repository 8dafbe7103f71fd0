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

    /// The name that it begins with.
    public var name: [UInt8] { Array(Self.name(bytes)) }

    /// The name that an encoded proxy begins with.
    static func name(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        // Behind the length that it has in common with itself, which is none.
        var (count, shift) = (0, 0)
        var rest = bytes.dropFirst()
        while let byte = rest.popFirst() {
            count |= Int(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return rest.prefix(count)
    }

    /// The frontend, if it is one.
    public func frontend() throws(MalformedSnapshot) -> Frontend {
        var reader = ByteReader([UInt8](bytes))
        return try reader.frontend()
    }

    /// The backend, if it is one.
    public func backend() throws(MalformedSnapshot) -> Backend {
        var reader = ByteReader([UInt8](bytes))
        return try reader.backend()
    }

    public func isNamed(_ other: String) -> Bool { Self.name(bytes).elementsEqual(other.utf8) }
}

/// Encodes proxies into one piece of memory, without those that a former snapshot has already.
struct EncodedPieces {
    private enum Piece {
        case shared(EncodedProxy)
        /// Among the bytes that were written.
        case fresh(Range<Int>)
    }

    private var former: FormerPieces
    private var writer = ByteWriter()
    private var pieces: [Piece] = []

    init(_ former: [EncodedProxy], room: Int) {
        self.former = FormerPieces(former)
        pieces.reserveCapacity(room)
    }

    mutating func append(_ body: (inout ByteWriter) -> Void) {
        let start = writer.bytes.count
        body(&writer)
        guard let known = former.piece(like: writer.bytes[start...]) else {
            pieces.append(.fresh(start..<writer.bytes.count))
            return
        }
        writer.bytes.removeLast(writer.bytes.count - start)
        pieces.append(.shared(known))
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

/// Finds pieces of a former snapshot by name.
struct FormerPieces {
    private let pieces: [EncodedProxy]
    /// Where the next one probably is: they are mostly in the same order.
    private var next = 0
    /// Made when one is not near there.
    private var places: [ArraySlice<UInt8>: Int]?

    /// How far ahead one is looked for.
    private static let near = 8

    init(_ pieces: [EncodedProxy]) { self.pieces = pieces }

    /// The one that says the same; nil if there is none.
    mutating func piece(like bytes: ArraySlice<UInt8>) -> EncodedProxy? {
        guard let place = place(of: EncodedProxy.name(bytes)) else { return nil }
        next = place + 1
        return pieces[place].bytes == bytes ? pieces[place] : nil
    }

    private mutating func place(of name: ArraySlice<UInt8>) -> Int? {
        func isNamed(_ place: Int) -> Bool { EncodedProxy.name(pieces[place].bytes) == name }
        if let place = (next..<min(pieces.count, next + Self.near)).first(where: isNamed) { return place }
        if pieces.isEmpty { return nil }
        let places =
            places ?? Dictionary(pieces.indices.map { (EncodedProxy.name(pieces[$0].bytes), $0) }) { first, _ in first }
        self.places = places
        return places[name]
    }
}

extension [UInt8] {
    /// A copy without room to spare.
    fileprivate var exact: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
