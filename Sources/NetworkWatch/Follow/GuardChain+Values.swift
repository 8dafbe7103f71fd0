import Addresses
import Guard
import NetworkState
import RuntimeAPI

extension ClaimedAddresses {
    func all(contain address: IPAddress) -> Bool { own.contains(address) || inRanges.contains(address) }
}

extension Listener {
    /// nil for what does not listen yet.
    init?(_ listener: ProxyListener) {
        guard listener.state == .listen else { return nil }
        self.init(
            address: listener.endpoint.address,
            port: listener.endpoint.port,
            frontend: listener.frontend
        )
    }
}
