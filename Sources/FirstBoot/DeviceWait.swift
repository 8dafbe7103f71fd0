public import Addresses
public import Diagnostics
public import Files
internal import Glibc
internal import Netlink
public import OVF
internal import Syscalls

/// Waits, within bounds, for devices that the kernel is still looking for when first boot begins, and for udev, which may be
/// about to name them.
///
/// Not systemd-udev-settle.service: it waits for every device of the machine, be it one that nobody asks for, and where it
/// gives up what comes after it does not start.
public struct DeviceWait: Sendable {
    private let root: Root
    private let deadline: ContinuousClock.Instant

    /// Microseconds between two looks.
    private static let pace: UInt32 = 50_000

    /// - Parameter patience: For all that is waited for together.
    public init(_ root: Root, patience: Duration) {
        self.root = root
        deadline = .now + patience
    }

    /// Until udev has no event before it (`udevadm settle`): drives are there then whose driver it was that came late.
    public func settle() {
        let seconds = (deadline - .now).components.seconds
        guard root.isReal, hasUdev, seconds > 0 else { return }
        // What it did not wait for is looked for all the same.
        _ = try? Subprocess.run(["udevadm", "settle", "--timeout=\(seconds)"])
    }

    /// Until there is a link with each of these addresses, and udev, where it runs, has done with it.
    ///
    /// - Parameter say: Told what is waited for, if anything is.
    public func adapters(_ macs: [MACAddress], say: (String) -> Void) {
        var missing = missing(macs)
        guard !missing.isEmpty, .now < deadline else { return }
        say("waits for the adapter\(missing.count == 1 ? "" : "s") \(missing.map { "\($0)" }.joined(separator: ", "))")
        while !missing.isEmpty, .now < deadline {
            usleep(Self.pace)
            missing = self.missing(macs)
        }
    }

    /// Which adapters of the machine are which, once that can be told.
    ///
    /// - Throws: Why it cannot.
    public func choice(_ environment: OVFEnvironment) throws(DiagnosticsError) -> MachineAdapters.Choice {
        // One that is still on its way may be the one in the slot.
        settle()
        while true {
            do {
                return try MachineAdapters(root).choice(environment)
            } catch {
                guard .now < deadline else { throw error }
                usleep(Self.pace)
            }
        }
    }

    private func missing(_ macs: [MACAddress]) -> [MACAddress] {
        // Where the kernel cannot be asked, the steps say so.
        guard let links = try? NetlinkSocket().links() else { return [] }
        let hasUdev = hasUdev
        return macs.filter { mac in
            !links.contains { link in
                link.mac == mac && (!hasUdev || access(root["/run/udev/data/n\(link.index)"], F_OK) == 0)
            }
        }
    }

    private var hasUdev: Bool { access(root["/run/udev/control"], F_OK) == 0 }
}
