import Addresses

/// Why an address cannot be the gateway of an interface; nil if it can.
func gatewayProblem(_ gateway: IPAddress, of address: InterfaceAddress) -> (message: String, remedy: String)? {
    let network = address.network
    // An IPv6 router is usually known by its link-local address, which lies outside every other network.
    if gateway.family == .v6, gateway.isLinkLocal, network.family == .v6 { return nil }
    if !network.contains(gateway) {
        let range =
            network.prefixLength < network.family.bits - 1
            ? "give a gateway inside \(network)" : "\(network) has no room for a gateway; check the prefix length"
        return ("gateway \(gateway) is not inside \(network)", range)
    }
    if gateway == address.address, address.address != network.address || network.prefixLength == network.family.bits {
        return ("gateway \(gateway) is the interface's own address", "give the router's address")
    }
    if gateway == network.broadcast || (network.broadcast != nil && gateway == network.address) {
        return ("gateway \(gateway) is no host of \(network)", "give the router's address")
    }
    return nil
}
