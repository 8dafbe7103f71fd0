internal import Addresses
internal import Appliance
internal import Files
internal import Glibc
internal import Syscalls

/// `/etc/resolv.conf` from `network.nameservers`; left alone where none is given.
struct ResolverStep: FirstBootStep {
    let name = "name servers"

    func run(_ context: FirstBootContext) throws -> [String] {
        let servers = context.settings.network.nameservers
        if servers.isEmpty { return [] }
        let text =
            "# Written by appliance-net from network.nameservers.\n"
            + servers.map { "nameserver \($0)\n" }.joined()
        let path = context.root["/etc/resolv.conf"]
        var link = stat()
        // A link points at another program's file (systemd-resolved's stub), which is not ours to write.
        if lstat(path, &link) == 0, link.st_mode & S_IFMT == S_IFLNK { try AtomicFile.remove(path) }
        return try context.write("/etc/resolv.conf", text)
    }
}
