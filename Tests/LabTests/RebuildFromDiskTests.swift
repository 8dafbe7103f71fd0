import Files
import Syscalls
import TestSupport
import Testing

/// The old appliance's disk, attached to the machine that takes its place, and no bundle: what is on it, and with sshd, is
/// known by the keys that clients have.
@Suite(.blocking) struct RebuildFromDiskTests {
    @Test("A machine with the old appliance's disk is that appliance: its services, CA, users and SSH keys")
    func disk() throws {
        try withTemporaryDirectory { directory in
            try withLab("disk", "--ovf-env", Lab.example) { lab throws in
                try lab.exec("appliance", "ssh-keygen", "-q", "-A")
                try Self.startSSH(lab)
                let keys = try Self.scan(lab, "10.13.10.199")
                try #require(keys.count >= 3)
                try lab.program("web", ("10.13.200.34", 443))
                let curl = ["exec", "client", "curl", "-s", "--max-time", "5", "http://10.13.200.34:443/"]
                try #require(try eventually { try lab.command(curl).output.hasPrefix("backend1 443 ") })
                let identity = ["/etc/haproxy/ca.crt", "/etc/haproxy/server.crt", "/etc/haproxy/haproxy.cfg"]
                let before = try lab.exec("appliance", ["sha256sum"] + identity)
                try lab.exec("appliance", "tar", "-C", "/", "-cf", directory + "/old.tar", "etc", "var/lib")

                let settings = directory + "/after.xml"
                let source = "<Property oe:key=\"recovery.source\" oe:value=\"disk\"/></PropertySection>"
                let text = try #require(try AtomicFile.readText(Lab.example))
                    .replacing("00:50:56:", with: "00:50:57:").replacing("</PropertySection>", with: source)
                try AtomicFile.replace(settings, with: text)
                let replaced = try lab.command(["replace", "--ovf-env", settings, "--no-firstboot"])
                try #require(replaced.status == 0, "\(replaced.errors)")
                // sshd has started before first boot, with keys of its own.
                try lab.exec("appliance", "ssh-keygen", "-q", "-A")
                try Self.startSSH(lab)
                #expect(try Self.scan(lab, "127.0.0.1", from: "appliance").isDisjoint(with: keys))

                let image = directory + "/disk"
                try Self.writeDisk(image, directory)
                let told = try Self.attached(image, directory) { machine in
                    try lab.exec("appliance", "unshare", "--mount", "sh", "-ec", machine)
                }
                #expect(told.contains("firstboot: rebuilding from the disk /dev/sdb2, CA "), "\(told)")
                #expect(told.contains("reloaded ssh.service"), "\(told)")
                #expect(try lab.exec("appliance", ["sha256sum"] + identity) == before)
                #expect(
                    try lab.exec("appliance", "sh", "-c", "ls -d /run/appliance-net/disk.* 2>/dev/null || true") == ""
                )

                try lab.services("start")
                let isServed = try eventually { try lab.command(curl).output.hasPrefix("backend1 443 ") }
                #expect(isServed)
                #expect(try lab.api("GET", "/configuration/version").hasPrefix("HTTP/1.1 200"))
                let isSameSSH = try eventually { try Self.scan(lab, "10.13.10.199") == keys }
                #expect(isSameSSH)
                #expect(try lab.command(["exec", "appliance", "appliance-net", "plan"]).status == 0)
            }
        }
    }

    // MARK: sshd

    private static func startSSH(_ lab: Lab) throws {
        try lab.exec("appliance", "sh", "-c", "mkdir -p /run/sshd && /usr/sbin/sshd -o PidFile=/run/lab/sshd.pid")
    }

    /// The public keys that sshd shows to who asks, without the address.
    private static func scan(_ lab: Lab, _ address: String, from node: String = "control") throws -> Set<String> {
        let result = try lab.command(["exec", node, "ssh-keyscan", "-T", "5", address])
        let lines = result.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Set(lines.map { $0.split(separator: " ").dropFirst().joined(separator: " ") })
    }

    // MARK: The disk

    private static let sector = 512
    /// Of a first partition without anything, and of the one of `/`.
    private static let places = [(start: 2048, count: 2048), (start: 4096, count: 131072)]

    /// A disk with the places of two partitions; in the second one is the `/` of `old.tar`.
    private static func writeDisk(_ image: String, _ directory: String) throws {
        let (tree, system) = (directory + "/tree", directory + "/system")
        try run("mkdir", tree)
        try run("tar", "-C", tree, "-xpf", directory + "/old.tar")
        let last = try #require(places.last)
        try run("truncate", "-s", "\(last.count * sector)", system)
        try run("mkfs.ext4", "-q", "-d", tree, system)
        try run("truncate", "-s", "\((last.start + last.count + 2048) * sector)", image)
        try run("dd", "if=" + system, "of=" + image, "seek=\(last.start)", "conv=notrunc,sparse", "status=none")
    }

    /// Gives the shell text of a first boot for which the image is `/dev/sdb`, with its partitions, beside a disk of the
    /// machine itself: what the kernel of a virtual machine makes of an attached disk and its partition table.
    private static func attached<Result>(
        _ image: String,
        _ directory: String,
        _ body: (String) throws -> Result
    ) throws -> Result {
        var loops: [String] = []
        defer { for loop in loops { _ = try? run("losetup", "--detach", loop) } }
        let parts = places.map { ["--offset", "\($0.start * sector)", "--sizelimit", "\($0.count * sector)"] }
        var nodes = ""
        for (name, part) in zip(["sdb", "sdb1", "sdb2"], [[]] + parts) {
            let loop = String(try run(["losetup", "--find", "--show", "--read-only"] + part + [image]).dropLast())
            loops.append(loop)
            let number = try run("stat", "-c", "0x%t 0x%T", loop)
            nodes += "mkdir \(directory)/block/\(name)\nmknod /dev/\(name) b \(number)"
        }
        try run("mkdir", directory + "/block", directory + "/dev", directory + "/programs")
        try AtomicFile.replace(directory + "/programs/systemctl", with: systemctl, mode: 0o755)
        return try body(
            """
            mkdir -p \(directory)/block/sda /run/systemd/system
            mount -t tmpfs dev \(directory)/dev
            cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty \(directory)/dev
            mount --bind \(directory)/dev /dev
            \(nodes)
            mount --bind \(directory)/block /sys/class/block
            PATH=\(directory)/programs:$PATH appliance-net firstboot --ovf-env /run/lab/settings 2>&1
            rmdir /run/systemd/system
            """
        )
    }

    /// Knows sshd, which runs, and of the others that they are to run.
    private static let systemctl = """
        #!/bin/sh
        for unit; do :; done
        [ "$unit" = ssh.service ] || exit 0
        case "$*" in
        *is-*) exit 0 ;;
        *reload*) kill -HUP "$(cat /run/lab/sshd.pid)" ;;
        esac

        """
}
