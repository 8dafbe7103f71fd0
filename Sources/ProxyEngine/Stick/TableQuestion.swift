/// What somebody asks of a stick table, or does to it, beside the data path.
public enum TableQuestion: Hashable, Sendable {
    /// Which entries are meant: that of a key, or those that every filter holds for.
    public enum Entries: Hashable, Sendable {
        /// As ``StickTable/Kind`` has it in bytes.
        case key([UInt8])
        case matching([Filter])
    }

    /// `data.<kind> <comparison> <value>`
    public struct Filter: Hashable, Sendable {
        public enum Comparison: UInt8, Hashable, Sendable {
            case equal
            case unequal
            case atMost
            case atLeast
            case less
            case greater
        }

        public var kind: StickData.Kind
        public var comparison: Comparison
        public var value: Int64

        public init(_ kind: StickData.Kind, _ comparison: Comparison, _ value: Int64) {
            self.kind = kind
            self.comparison = comparison
            self.value = value
        }
    }

    public struct Value: Hashable, Sendable {
        public var kind: StickData.Kind
        public var value: Int64

        public init(_ kind: StickData.Kind, _ value: Int64) {
            self.kind = kind
            self.value = value
        }
    }

    /// How many entries each table has.
    case sizes
    case show(String, Entries)
    case clear(String, Entries)
    /// Makes the entry if it is not there.
    case set(String, key: [UInt8], [Value])
}

public enum TableAnswer: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        /// Its place in the table.
        public var place: UInt32
        public var key: [UInt8]
        /// Connections that track it.
        public var uses: UInt32
        /// Milliseconds until it expires; 0: it does not.
        public var rest: UInt64
        /// Of each ``StickData`` of the table in order, arrays with all their elements.
        public var values: [Int64]
        /// The name or address of its server; nil if it has none.
        public var server: String?
    }

    /// By the names of tables.
    case sizes([String: UInt32])
    case rows(used: UInt32, [Row])
    /// There is no such table, no room, or somebody uses the entry.
    case refused
    case done
}

extension TableQuestion.Filter {
    func holds(_ number: Int64) -> Bool {
        switch comparison {
        case .equal: number == value
        case .unequal: number != value
        case .atMost: number <= value
        case .atLeast: number >= value
        case .less: number < value
        case .greater: number > value
        }
    }
}
