import Files
import Syscalls
import TestSupport
import Testing

/// Root's password goes through the real chpasswd(8) into the /etc/shadow of the node.
@Suite(.blocking) struct RootPasswordInLabTests {
    private static let password = "example-root-password"

    /// In the place of chpasswd: has the real one wait for its input while it looks at what everybody may look at.
    private static func witness(_ directory: String) -> String {
        """
        #!/bin/sh
        cd \(directory)
        rm -f input && mkfifo input
        /usr/sbin/chpasswd "$@" <input &
        exec 3>input
        for i in $(seq 10000); do
            if tr '\\0' ' ' </proc/$!/cmdline | grep -q '^/usr/sbin/chpasswd '; then break; fi
        done
        cat /proc/[0-9]*/cmdline | tr '\\0' ' ' >processes
        cat /proc/[0-9]*/environ | tr '\\0' ' ' >environments
        tee given >&3
        exec 3>&-
        wait $!

        """
    }

    @Test("Root's password is a hash with a new salt in /etc/shadow, and in no process list while it is set")
    func chpasswd() throws {
        try withTemporaryDirectory { directory in
            try run("mkdir", directory + "/seen", directory + "/programs")
            try AtomicFile.replace(
                directory + "/programs/chpasswd",
                with: Self.witness(directory + "/seen"),
                mode: 0o755
            )
            try withLab("chpasswd", "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
                var hashes: Set<String> = []
                for _ in 1...2 {
                    hashes.insert(try Self.boot(lab, directory))
                    // As on a new machine.
                    let new =
                        "printf 'root:*:19000:0:99999:7:::\\n' >/etc/shadow; rm /var/lib/appliance-net/derived/root-password"
                    try lab.exec("appliance", "sh", "-c", new)
                }
                #expect(hashes.count == 2)
            }
        }
    }

    /// - Returns: Root's hash in /etc/shadow.
    private static func boot(_ lab: Lab, _ directory: String) throws -> String {
        let boot = "appliance-net firstboot --no-handover --ovf-env /run/lab/settings 2>&1"
        let told = try lab.exec("appliance", "sh", "-c", "PATH=\(directory)/programs:$PATH; " + boot)
        #expect(told.contains("root password: set root's password\n"), "\(told)")
        let line = try #require(
            try lab.exec("appliance", "cat", "/etc/shadow").split(separator: "\n").first { $0.hasPrefix("root:") }
        )
        let hash = try #require(line.split(separator: ":").dropFirst().first.map { String($0) })
        #expect(hash.hasPrefix("$y$") || hash.hasPrefix("$6$"), "\(hash.prefix(3))")
        let check = "import crypt, sys; sys.exit(crypt.crypt(sys.argv[1], sys.argv[2]) != sys.argv[2])"
        #expect(try Subprocess.run(["python3", "-W", "ignore", "-c", check, password, hash]).status == 0)
        #expect(try lab.exec("appliance", "stat", "-c", "%a %U", "/etc/shadow") == "640 root\n")

        func seen(_ name: String) throws -> String { try AtomicFile.readText(directory + "/seen/" + name) ?? "" }
        let processes = try seen("processes")
        // What looks sees both of them.
        #expect(processes.contains("appliance-net firstboot --no-handover"))
        #expect(processes.contains("/usr/sbin/chpasswd --encrypted"))
        #expect(try seen("given") == "root:\(hash)\n")
        for text in [processes, try seen("environments"), told] {
            #expect(!text.contains(password) && !text.contains(hash))
        }
        #expect(try !seen("given").contains(password))
        return hash
    }
}
