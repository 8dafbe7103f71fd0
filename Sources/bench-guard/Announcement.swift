import Addresses
import CLinux
import Discovery
import Glibc
import Syscalls

/// 1,000 addresses that become ours, up to the last packet that tells of them at the other end of the cable.
enum Announcement {
    private static let count = 1000
    private static let mac = "02:00:00:00:00:01"

    /// A cable within the namespace of the calling thread: the index of either end.
    static func cable() throws -> (ours: Int, theirs: Int) {
        for words in [
            "link add ours type veth peer name theirs", "link set ours address \(mac)", "link set ours up",
            "link set theirs up",
        ] {
            let result = try Subprocess.run(["ip"] + words.split(separator: " ").map { String($0) })
            if result.status != 0 { throw SystemError(code: EIO, operation: "ip \(words)") }
        }
        return (Int(if_nametoindex("ours")), Int(if_nametoindex("theirs")))
    }

    /// Claims all of them anew, and gives the seconds until the other end has heard of all.
    static func measure(_ family: IPAddress.Family, _ cable: (ours: Int, theirs: Int)) throws -> Double {
        guard let mac = MACAddress(mac) else { throw SystemError(code: EINVAL, operation: "read \(mac)") }
        let socket = FileDescriptor(owning: try syscall("open a packet socket") { clinux_packet_socket() })
        let raw = socket.raw
        // Who hears is not what is measured.
        var room: CInt = 8 << 20
        try syscall("make room for packets") {
            setsockopt(raw, SOL_SOCKET, SO_RCVBUFFORCE, &room, socklen_t(MemoryLayout<CInt>.size))
        }
        let kind: UInt16 = family == .v4 ? 0x0806 : 0x86dd
        try syscall("hear packets") { clinux_packet_listen(raw, CInt(cable.theirs), kind) }
        let first = family == .v4 ? 0x0a0d_c900 : UInt128(0x2001_0db8) << 96 | 0x100
        let requests = (0..<count).map {
            AddressProbe.Request(
                IPAddress(family: family, number: first + UInt128($0)),
                interface: cable.ours,
                mac: mac
            )
        }
        let claims = try ClaimSockets()
        let begin = MonotonicTime.now
        claims.claim(requests, areVirtual: false, at: begin)
        var heard: Set<[UInt8]> = []
        while heard.count < count {
            try take(raw, family, &heard)
            let now = MonotonicTime.now
            if let due = claims.deadline, due <= now { claims.timer(at: now) }
            if now - begin > .seconds(30) {
                throw SystemError(code: ETIMEDOUT, operation: "hear of \(count) addresses")
            }
        }
        return (MonotonicTime.now - begin) / .seconds(1)
    }

    /// The addresses that were told of: of gratuitous ARP, and of unsolicited neighbour advertisements.
    private static func take(_ socket: CInt, _ family: IPAddress.Family, _ heard: inout Set<[UInt8]>) throws {
        let (size, batch) = (128, Int(CLINUX_FRAME_BATCH))
        var bytes = [UInt8](repeating: 0, count: size * batch)
        var lengths = [UInt32](repeating: 0, count: batch)
        let target = family == .v4 ? 38..<42 : 62..<78
        while true {
            let count = clinux_receive_frames(socket, &bytes, UInt32(size), &lengths, UInt32(batch))
            if count <= 0 { return }
            for index in 0..<Int(count) where Int(lengths[index]) >= target.upperBound {
                let frame = bytes[index * size..<index * size + size]
                // Type 136 of ICMPv6.
                if family == .v6, frame[frame.startIndex + 54] != 136 { continue }
                heard.insert(Array(frame[(frame.startIndex + target.lowerBound)...].prefix(target.count)))
            }
        }
    }
}
