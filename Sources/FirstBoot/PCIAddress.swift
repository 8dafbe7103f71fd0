/// The place of a device on the PCI bus, as the kernel writes it: `0000:03:00.0`.
struct PCIAddress: Hashable, Comparable, CustomStringConvertible {
    /// Domain, bus, device and function.
    private let numbers: [Int]

    /// nil for the name of something else.
    init?(_ name: some StringProtocol) {
        let parts = name.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "." }
        let widths = [4, 2, 2, 1]
        guard parts.count == 4, zip(parts, widths).allSatisfy({ $0.utf8.count == $1 }) else { return nil }
        numbers = parts.compactMap { part in part.allSatisfy { $0.isHexDigit } ? Int(part, radix: 16) : nil }
        guard numbers.count == 4, "\(self)" == name.lowercased() else { return nil }
    }

    /// Without the function, as a slot has it: `0000:03:00`.
    var device: String { String(description.dropLast(2)) }

    /// VMware's number of the slot behind this bridge; nil if it is none of those that its chipset has for PCI Express cards
    /// (`pciBridge4` to `pciBridge7`, 0000:00:15.0 to 0000:00:18.7, eight functions each). 160 is behind the first, 192 and 224
    /// behind the first of the next ones; 161 is behind the second function of the first.
    var slotBehind: Int? {
        guard numbers[0] == 0, numbers[1] == 0, (0x15...0x18).contains(numbers[2]) else { return nil }
        return 160 + (numbers[2] - 0x15) * 32 + numbers[3]
    }

    var description: String {
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(digits(numbers[0], 4)):\(digits(numbers[1], 2)):\(digits(numbers[2], 2)).\(numbers[3])"
    }

    static func < (a: PCIAddress, b: PCIAddress) -> Bool { a.numbers.lexicographicallyPrecedes(b.numbers) }
}
