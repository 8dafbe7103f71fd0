internal import Glibc

/// A ``LineFormat`` in the plan's memory.
struct LineFormatEntry {
    var parts: UnsafePointer<LineFormatPart>
    var count: Int
    /// ``LineFormat/isValue``
    var isValue = false
}

struct LineFormatPart {
    /// nil: ``text`` stands as it is.
    var variable: LineFormat.Variable?
    var flags: LineFormat.Flags
    var text: PlanText
    /// `%[…]`
    var expression: UnsafePointer<ExpressionEntry>?
}

extension Arena {
    /// A format without sample expressions.
    mutating func lineFormat(_ format: LineFormat?) -> UnsafePointer<LineFormatEntry>? {
        var compiler: SampleCompiler?
        return format.map { lineFormat($0, &compiler) }
    }

    mutating func lineFormat(
        _ format: LineFormat,
        _ compiler: inout SampleCompiler
    ) -> UnsafePointer<LineFormatEntry> {
        var own: SampleCompiler? = compiler
        defer { if let own { compiler = own } }
        return lineFormat(format, &own)
    }

    private mutating func lineFormat(
        _ format: LineFormat,
        _ compiler: inout SampleCompiler?
    ) -> UnsafePointer<LineFormatEntry> {
        let parts = format.parts.map { part in
            switch part {
            case .text(let words): LineFormatPart(variable: nil, flags: [], text: text(words))
            // The machine's name is what it was when this was read.
            case .variable(.hostName, let flags):
                LineFormatPart(variable: .hostName, flags: flags, text: text(HostName.own))
            case .variable(let variable, let flags):
                LineFormatPart(variable: variable, flags: flags, text: text(""))
            case .sample(let sample, let flags):
                LineFormatPart(
                    variable: nil,
                    flags: flags,
                    text: text(""),
                    expression: compiler?.copy(sample, &self)
                )
            }
        }
        return copy([LineFormatEntry(parts: copy(parts), count: parts.count, isValue: format.isValue)])
    }
}

/// The name of this machine, as gethostname(2) has it.
public enum HostName {
    public static var own: String {
        String(unsafeUninitializedCapacity: 256) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress, gethostname(start, text.count) == 0 else { return 0 }
                return strnlen(start, text.count)
            }
        }
    }
}

extension LineWriter {
    /// A string as the flags want it; what is absent is `-`, or nothing in quotation marks.
    mutating func string(_ text: PlanText?, _ flags: LineFormat.Flags) {
        if flags.contains(.quoted) { byte(UInt8(ascii: "\"")) }
        if let text, text.count > 0 {
            if flags.contains(.escaped) { escaped(text) } else { self.text(text) }
        } else if !flags.contains(.quoted) {
            byte(UInt8(ascii: "-"))
        }
        if flags.contains(.quoted) { byte(UInt8(ascii: "\"")) }
    }

    private mutating func escaped(_ text: PlanText) {
        for index in 0..<text.count {
            let value = text.start[index]
            if value == UInt8(ascii: "\"") || value == UInt8(ascii: "\\") || value == UInt8(ascii: "]") {
                byte(UInt8(ascii: "\\"))
            }
            byte(value)
        }
    }

    /// An address, of which hexadecimal ones are eight or thirty-two digits.
    mutating func party(_ party: Party, _ flags: LineFormat.Flags) {
        if flags.contains(.hexadecimal), party.family != 0 {
            let size = party.family == 4 ? 4 : 16
            for place in (0..<size).reversed() {
                hexadecimal(UInt64(UInt8(truncatingIfNeeded: party.number >> UInt128(8 * place))), digits: 2)
            }
            return
        }
        if flags.contains(.quoted) { byte(UInt8(ascii: "\"")) }
        if party.family != 0 {
            address(party.number, family: party.family)
        } else if !flags.contains(.quoted) {
            byte(UInt8(ascii: "-"))
        }
        if flags.contains(.quoted) { byte(UInt8(ascii: "\"")) }
    }

    /// A port, a time or a count; hexadecimal ones have four digits at least.
    mutating func number(_ value: UInt64, _ flags: LineFormat.Flags) {
        if flags.contains(.hexadecimal) { hexadecimal(value, digits: 4) } else { number(Int64(clamping: value)) }
    }

    mutating func hexadecimal(_ value: UInt64, digits: Int) {
        var divisor: UInt64 = 1
        for _ in 1..<digits { divisor *= 16 }
        while value / divisor >= 16 { divisor *= 16 }
        while divisor > 0 {
            let digit = UInt8(value / divisor % 16)
            byte(digit < 10 ? 48 + digit : 55 + digit)
            divisor /= 16
        }
    }
}
