internal import ProxyEngine
internal import RuntimeAPI

extension ListenerBook {
    /// The sockets as another process asks for them.
    var listeners: [ListenerTransfer.Listener] {
        sockets.sorted { $0.key < $1.key }.map { address, socket in
            ListenerTransfer.Listener(
                descriptor: socket,
                namespace: address.namespace,
                interface: address.interface
            )
        }
    }
}
