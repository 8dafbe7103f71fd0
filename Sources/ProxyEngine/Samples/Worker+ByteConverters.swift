internal import Glibc

extension Worker {
    /// `be2dec(<separator>,<size>[,<truncate>])`, `be2hex([<separator>][,<size>][,<truncate>])`: bytes in pieces, each a
    /// number of big endian.
    mutating func chunks(
        _ bytes: UnsafeRawBufferPointer,
        _ entry: UnsafePointer<ConverterEntry>
    ) -> UnsafeRawBufferPointer {
        let isDecimal = entry.pointee.converter == .decimalChunks
        let separator = entry.pointee.text(0)
        let size = entry.pointee.argumentCount > 1 ? Int(clamping: max(1, entry.pointee.number(1))) : 1
        let isWhole = entry.pointee.number(2) != 0
        let room = samples.next()
        var (place, count) = (0, 0)
        while place < bytes.count, !isWhole || place + size <= bytes.count {
            let piece = bytes[place..<min(place + size, bytes.count)]
            guard count + separator.count + max(20, 2 * piece.count) <= SampleDesk.size else { break }
            if place > 0, let start = separator.baseAddress {
                memcpy(room + count, start, separator.count)
                count += separator.count
            }
            if isDecimal {
                let number = piece.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                count += SampleText.write(Int64(bitPattern: number), room + count)
            } else {
                for byte in piece {
                    let (high, low) = (byte >> 4, byte & 15)
                    room[count] = high < 10 ? 48 + high : 55 + high
                    room[count + 1] = low < 10 ? 48 + low : 55 + low
                    count += 2
                }
            }
            place += size
        }
        return UnsafeRawBufferPointer(start: room, count: count)
    }
}
