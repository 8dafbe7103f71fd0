internal import CMnl
internal import CNftnl
internal import Glibc
public import Netlink
public import Syscalls

extension NetlinkMonitor {
    /// Hears of every change of the packet filter, ours and others': `nft monitor`. ``NftablesSocket/generation()`` tells
    /// whether it was ours.
    public static func nftables() throws(SystemError) -> NetlinkMonitor {
        try NetlinkMonitor(NETLINK_NETFILTER, "nftables", groups: [NFNLGRP_NFTABLES.rawValue])
    }
}
