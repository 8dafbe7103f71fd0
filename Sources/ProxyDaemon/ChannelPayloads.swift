internal import Addresses
internal import ProxyEngine

/// The bytes of a `serve` message: the addresses of its descriptors, then what differs from the snapshot before.
struct ServePayload {
    var addresses: [ListenAddress]
    var edit: SnapshotEdit

    /// - Parameter edit: Encoded.
    static func encoded(_ addresses: [ListenAddress], _ edit: [UInt8]) -> [UInt8] {
        // The addresses travel as the listeners of a snapshot of their own: one codec for everything.
        let carrier = ProxySnapshot(frontends: [
            Frontend(name: "", listeners: addresses.map { Listener(name: "", address: $0) })
        ])
        let head = carrier.encoded()
        return lengthBytes(head.count) + head + edit
    }

    init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        guard let length = length(of: bytes), length <= bytes.count - 4 else { throw MalformedSnapshot() }
        let carrier = try ProxySnapshot(encoded: Array(bytes[4..<4 + length]))
        addresses = carrier.listeners.map { $0.listener.address }
        edit = try SnapshotEdit(encoded: bytes, from: 4 + length)
    }
}

/// The bytes of a `setup` message: user, group, and the chroot if there is one.
extension ProcessSettings {
    func encoded(_ settings: EngineSettings) -> [UInt8] {
        lengthBytes(Int(user)) + lengthBytes(Int(group)) + lengthBytes(Int(capabilities.rawValue))
            + lengthBytes((replaces ? 1 : 0) | (isQuiet ? 2 : 0))
            + lengthBytes(chroot?.utf8.count ?? 0)
            + Array((chroot ?? "").utf8) + ProxySnapshot(settings: settings).encoded()
    }

    static func decoded(_ bytes: [UInt8]) throws(MalformedSnapshot) -> (ProcessSettings, EngineSettings) {
        guard bytes.count >= 20, let user = length(of: bytes), let group = length(of: Array(bytes[4...])),
            let kept = length(of: Array(bytes[8...])), let flags = length(of: Array(bytes[12...])),
            let count = length(of: Array(bytes[16...])), bytes.count >= 20 + count
        else { throw MalformedSnapshot() }
        var process = ProcessSettings()
        process.user = UInt32(user)
        process.group = UInt32(group)
        process.capabilities = Capabilities(rawValue: UInt64(kept))
        (process.replaces, process.isQuiet) = (flags & 1 != 0, flags & 2 != 0)
        process.chroot = count == 0 ? nil : String(decoding: bytes[20..<20 + count], as: UTF8.self)
        return (process, try ProxySnapshot(encoded: Array(bytes[(20 + count)...])).settings)
    }
}

private func lengthBytes(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

private func length(of bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    return (0..<4).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
}
