public import Files
import Glibc
import Syscalls

/// Adapters of a machine below a root, as sysfs has them.
public struct FakeBus {
    private let root: Root

    public init(_ root: Root) throws {
        self.root = root
        try AtomicFile.makeDirectory(root["/sys/class/net"])
    }

    /// - Parameters:
    ///   - path: Of the device below `/sys/devices`, such as `pci0000:00/0000:00:15.0/0000:03:00.0`; nil for a link that has none.
    ///   - slot: The firmware's number of its slot, where it has one.
    public func plug(_ name: String, _ mac: String, at path: String?, slot: Int? = nil) throws {
        let link = root["/sys/class/net/\(name)"]
        try AtomicFile.makeDirectory(link)
        try AtomicFile.replace(link + "/address", with: mac + "\n")
        guard let path else { return }
        try AtomicFile.makeDirectory(root["/sys/devices/" + path])
        let target = "../../../devices/" + path
        try syscall("symlink") { symlink(target, link + "/device") }
        guard let slot else { return }
        let places = path.split(separator: "/").last { $0.contains(".") } ?? ""
        let directory = root["/sys/bus/pci/slots/\(slot)"]
        try AtomicFile.makeDirectory(directory)
        try AtomicFile.replace(directory + "/address", with: places.prefix { $0 != "." } + "\n")
    }

    /// In vSphere's slots: 160, 192, 224 and 256, behind bridges of VMware's chipset.
    public func plug(_ name: String, _ mac: String, inSlot slot: Int) throws {
        let places = [
            160: "0000:00:15.0/0000:03:00.0", 192: "0000:00:16.0/0000:0b:00.0", 224: "0000:00:17.0/0000:13:00.0",
            256: "0000:00:18.0/0000:1b:00.0",
        ]
        guard let place = places[slot] else { throw SystemError(code: EINVAL, operation: "plug into slot \(slot)") }
        try plug(name, mac, at: "pci0000:00/" + place)
    }
}
