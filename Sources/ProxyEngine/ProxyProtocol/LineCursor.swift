internal import Glibc

/// Walks the words of a PROXY line. Every word has its one right form: no leading zeros, no second space.
struct LineCursor {
    let bytes: UnsafeRawBufferPointer
    var position: Int

    var isAtEnd: Bool { position == bytes.count }

    mutating func space() -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: " ") else { return false }
        position += 1
        return true
    }

    mutating func port() -> UInt16? { number(most: 65535).map { UInt16($0) } }

    private mutating func number(most: Int) -> Int? {
        var value = 0
        let start = position
        while position < bytes.count, (48...57).contains(bytes[position]) {
            if position > start, bytes[start] == UInt8(ascii: "0") { return nil }
            value = value * 10 + Int(bytes[position] - 48)
            if value > most { return nil }
            position += 1
        }
        return position > start ? value : nil
    }

    mutating func address(_ family: UInt8) -> UInt128? { family == 4 ? v4() : v6() }

    private mutating func v4() -> UInt128? {
        var value: UInt128 = 0
        for part in 0..<4 {
            if part > 0 {
                guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return nil }
                position += 1
            }
            guard let number = number(most: 255) else { return nil }
            value = value << 8 | UInt128(number)
        }
        return value
    }

    private mutating func v6() -> UInt128? {
        // Room for the longest form, a dotted end included, and its NUL.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 48) { text in
            var count = 0
            while position < bytes.count, bytes[position] != UInt8(ascii: " ") {
                guard count < 46 else { return nil }
                text[count] = CChar(bitPattern: bytes[position])
                count += 1
                position += 1
            }
            text[count] = 0
            var number: UInt128 = 0
            guard let start = text.baseAddress, inet_pton(AF_INET6, start, &number) == 1 else { return nil }
            return UInt128(bigEndian: number)
        }
    }
}
