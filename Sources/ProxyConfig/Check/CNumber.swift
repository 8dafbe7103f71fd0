/// What `strtoul(3)` reads at the start of a word whose base its prefix says: `0x` for 16, `0` for 8.
struct CNumber {
    /// The largest one where there is no room for it; of a negative one what is left modulo 2^64.
    var value: UInt64
    /// What stands behind it; the whole word if it begins with no digit.
    var rest: Substring

    init(_ text: String) {
        (value, rest) = (0, Substring(text))
        var bytes = Substring(text).utf8
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        var base: UInt64 = 10
        if bytes.first == UInt8(ascii: "0") {
            let digits = bytes.dropFirst(2)
            let isHexadecimal =
                bytes.dropFirst().first.map { $0 | 32 } == UInt8(ascii: "x")
                && digits.first.flatMap { Lexer.hexadecimal($0) } != nil
            base = isHexadecimal ? 16 : 8
            if isHexadecimal { bytes = digits }
        }
        var overflows = false
        while let digit = bytes.first.flatMap({ Lexer.hexadecimal($0) }), digit < base {
            let (product, isTooMuch) = value.multipliedReportingOverflow(by: base)
            let (sum, isMore) = product.addingReportingOverflow(UInt64(digit))
            overflows = overflows || isTooMuch || isMore
            value = sum
            bytes = bytes.dropFirst()
            rest = Substring(bytes)
        }
        if overflows { value = .max } else if isNegative { value = 0 &- value }
    }
}
