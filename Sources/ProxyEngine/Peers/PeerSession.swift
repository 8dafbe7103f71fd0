internal import Addresses
internal import Glibc

/// A connection with a peer: the bytes to and from it, and what either side has told of tables.
final class PeerSession {
    enum State: Equatable {
        case connecting
        /// Our hello is under way, or its answer.
        case greeting
        /// Somebody has come and has not said who it is.
        case welcoming
        case established
    }

    let socket: CInt
    var state: State
    /// Of a connection that the other side has made.
    struct Ends {
        var source: Endpoint
        var own: Endpoint
    }

    let ends: Ends?
    /// Times that something has come or gone.
    private(set) var calls = 0
    var input: [UInt8] = []
    private var output = PeerWriter()
    private var sent = 0
    /// When it was made, milliseconds.
    let beganAt: UInt64
    /// When something last came and went, milliseconds.
    var heardAt: UInt64
    var toldAt: UInt64
    // What this side told of.
    private(set) var currentTable: UInt64 = 0
    /// Names of servers that the other side has by number, in the order of their numbers; the oldest gives way.
    private var names: [String: Int] = [:]
    private(set) var nameSlots: [String] = []
    private var nextName = 0
    // What the other side told of, by its numbers; of tables that this side has.
    var definitions: [UInt64: PeerTableDefinition] = [:]
    var heardTable: UInt64 = 0
    var heardUpdate: UInt32 = 0
    var heardNames: [Int: String] = [:]
    /// By this side's tables: where telling goes on. Those that are not there are told of as they change.
    var cursors: [UInt64: UInt32] = [:]
    /// By this side's tables: what was told of while it changed, whom only later changes concern while the table is gone through,
    /// where that ended, and whether it begins anew.
    var told: [UInt64: UInt32] = [:]
    var floors: [UInt64: UInt32] = [:]
    var scanned: [UInt64: UInt32] = [:]
    var again: Set<UInt64> = []
    /// By the other side's tables: the last change that it has not been told has come.
    var acknowledgements: [UInt64: UInt32] = [:]
    /// The peer has asked for all that is known, and has not got it yet.
    var isTaught = false
    /// It was asked for all that it knows.
    var isLearning = false

    /// HAProxy's cache of names has as many places.
    static let mostNames = 128
    /// So much waits for a peer that reads slowly; the rest is told later, from the table.
    static let most = 1 << 18
    /// A peer for which so much waits takes nothing, though it asks.
    private static let tooMuch = 1 << 23

    init(_ socket: CInt, _ state: State, _ ends: Ends? = nil, now: UInt64) {
        self.socket = socket
        self.state = state
        self.ends = ends
        beganAt = now
        heardAt = now
        toldAt = now
    }

    deinit { close(socket) }

    var waiting: Int { output.bytes.count - sent }
    var hasRoom: Bool { waiting < Self.most }
    /// Answers pile up that it does not read.
    var isChoked: Bool { waiting > Self.tooMuch }

    func say(_ text: String) { output.bytes += Array(text.utf8) }

    func control(_ type: UInt8) { output.bytes += [PeerMessage.Class.control, type] }

    func error(_ type: UInt8) { output.bytes += [PeerMessage.Class.error, type] }

    func acknowledge(table id: UInt64, update: UInt32) {
        var body = PeerWriter()
        body.number(id)
        body.word(update)
        output.message(PeerMessage.Table.acknowledge, body)
    }

    /// Tells of an entry, and of its table before if another one was spoken of.
    ///
    /// - Parameter name: The text of a server's number.
    func tell(_ entry: PeerEntry, of table: PeerTable, _ name: (UInt32) -> String?) {
        if currentTable != table.id {
            output.message(PeerMessage.Table.define, table.definition)
            currentTable = table.id
        }
        var body = PeerWriter()
        body.word(entry.update)
        body.word(entry.rest)
        switch table.shared.table.kind {
        case .string: body.text(entry.key)
        case .v4, .v6, .integer: body.bytes += entry.key
        case .binary:
            body.bytes += entry.key + [UInt8](repeating: 0, count: max(0, Int(table.keyLength) - entry.key.count))
        }
        var values = entry.values[...]
        for data in table.shared.table.data {
            for _ in 0..<data.count {
                for value in values.prefix(data.kind.form == .rate ? 3 : 1) {
                    if data.kind.form == .name {
                        add(name(UInt32(truncatingIfNeeded: value)), to: &body)
                    } else {
                        body.number(value)
                    }
                }
                values = values.dropFirst(data.kind.form == .rate ? 3 : 1)
            }
        }
        output.message(PeerMessage.Table.timedUpdate, body)
    }

    /// A name by its number if the other side has it; the number and the text otherwise.
    private func add(_ name: String?, to body: inout PeerWriter) {
        guard let name else { return body.number(0) }
        var item = PeerWriter()
        if let known = names[name] {
            item.number(UInt64(known + 1))
        } else {
            let slot = nextName
            nextName = (nextName + 1) % Self.mostNames
            if slot < nameSlots.count {
                names[nameSlots[slot]] = nil
                nameSlots[slot] = name
            } else {
                nameSlots.append(name)
            }
            names[name] = slot
            item.number(UInt64(slot + 1))
            item.text(name.utf8)
        }
        body.text(item.bytes)
    }

    /// The values of an entry; nil if they are cut short. Names become numbers of this side.
    func values(_ data: [StickData], _ reader: inout PeerReader, _ numbers: ServerNames) -> [UInt64]? {
        var values: [UInt64] = []
        for data in data {
            for _ in 0..<data.count * (data.kind.form == .rate ? 3 : 1) {
                if data.kind.form == .name {
                    guard let item = reader.text(), let number = number(item, numbers) else { return nil }
                    values.append(UInt64(number))
                } else {
                    guard let value = reader.number() else { return nil }
                    values.append(value)
                }
            }
        }
        return values
    }

    private func number(_ item: ArraySlice<UInt8>, _ numbers: ServerNames) -> UInt32? {
        if item.isEmpty { return 0 }
        var reader = PeerReader(item)
        guard let slot = reader.number(), slot > 0, slot <= UInt64(Self.mostNames) else { return nil }
        if reader.consumed < item.count {
            guard let text = reader.text() else { return nil }
            heardNames[Int(slot)] = String(decoding: text, as: UTF8.self)
        }
        return heardNames[Int(slot)].flatMap { numbers.number(ofLearnt: $0) } ?? 0
    }

    /// Sends what the socket takes; false if it is broken.
    func flush(now: UInt64) -> Bool {
        while sent < output.bytes.count {
            let count = output.bytes.withUnsafeBytes { bytes -> Int in
                guard let start = bytes.baseAddress else { return 0 }
                return send(socket, start + sent, bytes.count - sent, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
            }
            if count > 0 {
                sent += count
                calls &+= 1
                toldAt = now
            } else if count < 0, errno == EINTR {
                continue
            } else if count < 0, errno == EAGAIN {
                break
            } else {
                return false
            }
        }
        if sent == output.bytes.count {
            output.bytes.removeAll(keepingCapacity: sent < 1 << 16)
            sent = 0
        }
        return true
    }

    /// Takes what has come; false if the other end has gone.
    func receive(now: UInt64) -> Bool {
        var room = [UInt8](repeating: 0, count: 65536)
        while input.count < Self.most {
            let count = recv(socket, &room, room.count, CInt(MSG_DONTWAIT))
            if count > 0 {
                input += room[..<count]
                calls &+= 1
                heardAt = now
            } else if count < 0, errno == EINTR {
                continue
            } else {
                return count < 0 && errno == EAGAIN
            }
        }
        return true
    }
}
