public import Explanation
public import Files
internal import Netlink
internal import NetworkFiles

/// The gateways that do not answer: an adapter in another one's network shows itself by that, and by nothing else.
public enum SilentGateways {
    /// Asks each on its link (ARP, neighbour discovery), one link after the other: some seconds at most.
    ///
    /// - Returns: Nothing where nothing is configured yet.
    public static func find(_ root: Root) throws -> [Finding] {
        let configuration = try NetworkConfiguration.load(root)
        return try GatewaysCheck.findings(configuration, try NetlinkSocket().links()).filter { $0.state == .failed }
    }
}
