/// The hash functions of converters, as HAProxy's hash.c and xxhash have them.
enum SampleHash {
    static func crc32(_ bytes: UnsafeRawBufferPointer, _ polynomial: UInt32) -> UInt32 {
        var hash = UInt32.max
        for byte in bytes {
            hash ^= UInt32(byte)
            for _ in 0..<8 { hash = hash & 1 == 1 ? hash >> 1 ^ polynomial : hash >> 1 }
        }
        return ~hash
    }

    static func djb2(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        bytes.reduce(5381) { ($0 << 5) &+ $0 &+ UInt32($1) }
    }

    static func sdbm(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        bytes.reduce(0) { UInt32($1) &+ ($0 << 6) &+ ($0 << 16) &- $0 }
    }

    static func wt6(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (0xa53c_965a, 0x5ca6_953a)
        var (stepA, stepB): (UInt32, UInt32) = (6, 18)
        for byte in bytes {
            a = ~(a ^ UInt32(byte))
            b = ~(b &+ UInt32(byte))
            let turned = b &<< stepA | b &>> (32 &- stepA)
            b = a &<< stepB | a &>> (32 &- stepB)
            a = turned
            let mixed = (a >> 16 ^ b) & 0xffff
            stepA = mixed & 0x1f
            stepB = mixed >> 11
        }
        return a ^ b
    }

    /// Spreads a hash evenly (HAProxy's full_hash).
    static func avalanche(_ hash: UInt32) -> UInt32 { ServerRing.mixed(hash) }

    private static func turned<Word: FixedWidthInteger>(_ word: Word, _ bits: Word) -> Word {
        word &<< bits | word &>> (Word(truncatingIfNeeded: Word.bitWidth) &- bits)
    }

    static func xxh32(_ bytes: UnsafeRawBufferPointer, _ seed: UInt32) -> UInt32 {
        let (p1, p2, p3, p4, p5): (UInt32, UInt32, UInt32, UInt32, UInt32) = (
            2_654_435_761, 2_246_822_519, 3_266_489_917, 668_265_263, 374_761_393
        )
        func word(_ place: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        }
        var place = 0
        var hash = seed &+ p5
        if bytes.count >= 16 {
            var lanes = (seed &+ p1 &+ p2, seed &+ p2, seed, seed &- p1)
            func round(_ lane: UInt32, _ word: UInt32) -> UInt32 { turned(lane &+ word &* p2, 13) &* p1 }
            while place + 16 <= bytes.count {
                lanes.0 = round(lanes.0, word(place))
                lanes.1 = round(lanes.1, word(place + 4))
                lanes.2 = round(lanes.2, word(place + 8))
                lanes.3 = round(lanes.3, word(place + 12))
                place += 16
            }
            hash = turned(lanes.0, 1) &+ turned(lanes.1, 7) &+ turned(lanes.2, 12) &+ turned(lanes.3, 18)
        }
        hash = hash &+ UInt32(truncatingIfNeeded: bytes.count)
        while place + 4 <= bytes.count {
            hash = turned(hash &+ word(place) &* p3, 17) &* p4
            place += 4
        }
        while place < bytes.count {
            hash = turned(hash &+ UInt32(bytes[place]) &* p5, 11) &* p1
            place += 1
        }
        hash = (hash ^ hash >> 15) &* p2
        hash = (hash ^ hash >> 13) &* p3
        return hash ^ hash >> 16
    }

    static func xxh64(_ bytes: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
        let (p1, p2, p3, p4, p5): (UInt64, UInt64, UInt64, UInt64, UInt64) = (
            11_400_714_785_074_694_791, 14_029_467_366_897_019_727, 1_609_587_929_392_839_161,
            9_650_029_242_287_828_579, 2_870_177_450_012_600_261
        )
        func word(_ place: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        }
        func round(_ lane: UInt64, _ word: UInt64) -> UInt64 { turned(lane &+ word &* p2, 31) &* p1 }
        var place = 0
        var hash = seed &+ p5
        if bytes.count >= 32 {
            var lanes = (seed &+ p1 &+ p2, seed &+ p2, seed, seed &- p1)
            while place + 32 <= bytes.count {
                lanes.0 = round(lanes.0, word(place))
                lanes.1 = round(lanes.1, word(place + 8))
                lanes.2 = round(lanes.2, word(place + 16))
                lanes.3 = round(lanes.3, word(place + 24))
                place += 32
            }
            hash = turned(lanes.0, 1) &+ turned(lanes.1, 7) &+ turned(lanes.2, 12) &+ turned(lanes.3, 18)
            hash = (hash ^ round(0, lanes.0)) &* p1 &+ p4
            hash = (hash ^ round(0, lanes.1)) &* p1 &+ p4
            hash = (hash ^ round(0, lanes.2)) &* p1 &+ p4
            hash = (hash ^ round(0, lanes.3)) &* p1 &+ p4
        }
        hash = hash &+ UInt64(bytes.count)
        while place + 8 <= bytes.count {
            hash = turned(hash ^ round(0, word(place)), 27) &* p1 &+ p4
            place += 8
        }
        if place + 4 <= bytes.count {
            let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
            hash = turned(hash ^ UInt64(half) &* p1, 23) &* p2 &+ p3
            place += 4
        }
        while place < bytes.count {
            hash = turned(hash ^ UInt64(bytes[place]) &* p5, 11) &* p1
            place += 1
        }
        hash = (hash ^ hash >> 33) &* p2
        hash = (hash ^ hash >> 29) &* p3
        return hash ^ hash >> 32
    }
}
