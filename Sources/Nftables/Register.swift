/// A register of the kernel's packet machine: where one expression leaves a value for the next.
///
/// There are sixteen of 4 bytes side by side; a value of 16 bytes takes four from one whose number is a multiple of four.
/// A concatenation is what stands in neighbouring registers.
public struct Register: Hashable, Sendable, Codable, CustomStringConvertible {
    /// 0 to 15.
    public var slot: Int

    public init(slot: Int) { self.slot = slot & 15 }

    /// The first: what nearly every match uses.
    public static let first = Register(slot: 0)

    /// The one behind a value of so many bytes in this one.
    public func after(byteCount: Int) -> Register { Register(slot: slot + (byteCount + 3) / 4) }

    /// `NFT_REG_1…4` are the old names of every fourth; the kernel answers with those.
    var number: UInt32 { UInt32(slot % 4 == 0 ? 1 + slot / 4 : 8 + slot) }

    /// From either kind of number; nil for the verdict's register.
    init?(number: UInt32) {
        switch number {
        case 1...4: slot = Int(number - 1) * 4
        case 8...23: slot = Int(number - 8)
        default: return nil
        }
    }

    /// As `nft --debug=netlink` writes it: `reg 1`.
    public var description: String { "reg \(number)" }
}
