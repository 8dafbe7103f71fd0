internal import Addresses

extension ClaimMachine {
    func send(_ frames: [[UInt8]], _ key: ClaimKey, _ actions: inout [ClaimAction]) {
        actions.append(.send(interface: key.interface, key.address.family, frames))
    }

    /// By interface and family: each has a socket of its own.
    func send(_ frames: [(AddressProbe.Request, [UInt8])], _ actions: inout [ClaimAction]) {
        for (_, group) in Dictionary(grouping: frames, by: { SocketKey($0.0) }).sorted(by: { $0.key < $1.key }) {
            let request = group[0].0
            actions.append(.send(interface: request.interface, request.address.family, group.map { $0.1 }))
        }
    }
}
