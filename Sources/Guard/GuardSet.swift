import Addresses
import Nftables

/// The sets whose elements follow the proxy and what is claimed.
enum GuardSet: String, CaseIterable {
    /// Every virtual address; interval sets, as `ranges` of the family arp.
    case ranges4 = "vip_ranges4"
    case ranges6 = "vip_ranges6"
    /// Address and port that the proxy listens on, virtual or the appliance's own.
    case bound4
    case bound6
    /// Virtual addresses that are bound: they answer a ping where the policy says `bound`.
    case vips4
    case vips6
    /// Virtual addresses that another host holds and that are not claimed.
    case held4
    case held6
    /// Of the family arp: its ranges, where a claimed address is answered for, what others hold.
    case arpRanges = "arp.vip_ranges4"
    case arpAnswered = "arp.answered"
    case arpHeld = "arp.held4"

    var table: Table.Identity { self.rawValue.hasPrefix("arp.") ? GuardRuleset.arp : GuardRuleset.inet }

    var name: String { self.rawValue.hasPrefix("arp.") ? String(self.rawValue.dropFirst(4)) : self.rawValue }

    /// Without elements.
    var definition: NamedSet {
        switch self {
        case .ranges4, .arpRanges: NamedSet(name, .ipv4Address, isInterval: true)
        case .ranges6: NamedSet(name, .ipv6Address, isInterval: true)
        case .bound4: NamedSet(name, .ipv4Address, .service)
        case .bound6: NamedSet(name, .ipv6Address, .service)
        case .vips4, .held4, .arpHeld: NamedSet(name, .ipv4Address)
        case .vips6, .held6: NamedSet(name, .ipv6Address)
        case .arpAnswered: NamedSet(name, .interfaceIndex, .ipv4Address)
        }
    }
}
