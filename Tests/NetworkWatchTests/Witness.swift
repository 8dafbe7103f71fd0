import Addresses
import CLinux
import Discovery
import Glibc
import Netlink
import Syscalls

/// Hears the ARP of the other ends of the appliance's cables.
final class Witness {
    private var sockets: [(peer: String, descriptor: CInt)] = []
    private var heard: [String: Set<String>] = [:]

    init() throws {
        for link in try NetlinkSocket().links() where link.name.hasPrefix("peer") {
            let socket = try syscall("socket") { clinux_packet_socket() }
            sockets.append((link.name, socket))
            try syscall("listen") { clinux_packet_listen(socket, CInt(link.index), 0x0806) }
        }
    }

    deinit { for socket in sockets { close(socket.descriptor) } }

    /// What was asked for and announced there so far: `probe 10.13.200.33`, `announce 10.13.200.33`.
    func heard(_ peer: String) -> Set<String> {
        var bytes = [UInt8](repeating: 0, count: 64 * Int(CLINUX_FRAME_BATCH))
        var lengths = [UInt32](repeating: 0, count: Int(CLINUX_FRAME_BATCH))
        for socket in sockets where socket.peer == peer {
            while true {
                let count = clinux_receive_frames(socket.descriptor, &bytes, 64, &lengths, UInt32(CLINUX_FRAME_BATCH))
                if count <= 0 { break }
                for index in 0..<Int(count) {
                    let frame = EthernetFrame(bytes[index * 64..<index * 64 + Int(lengths[index])])
                    guard let packet = frame.flatMap({ ARPPacket($0.payload) }), packet.operation == .request else {
                        continue
                    }
                    heard[peer, default: []].insert(
                        "\(packet.sender.isUnspecified ? "probe" : "announce") \(packet.target)"
                    )
                }
            }
        }
        return heard[peer] ?? []
    }
}
