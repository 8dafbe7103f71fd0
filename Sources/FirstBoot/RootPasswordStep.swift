internal import Appliance
internal import Files
internal import Passwords
internal import Syscalls

/// Root's password from `appliance.root_pwd`, set by chpasswd(8) as a hash with a random salt.
struct RootPasswordStep: FirstBootStep {
    let name = "root password"

    func run(_ context: FirstBootContext) throws -> [String] {
        guard let password = context.settings.appliance.rootPassword else { return [] }
        // An image build gets its password at its own first boot: a hash in an image is a secret of all its copies.
        guard context.isLive else { return [] }
        let shadow = try AtomicFile.readText(context.root["/etc/shadow"]) ?? ""
        if let hash = Self.rootHash(shadow), PasswordHash(hash).matches(password.revealed()) { return [] }
        let hash = try PasswordHash.make(password.revealed(), method: .yescrypt)
        let result = try Subprocess.run(["chpasswd", "--encrypted"], input: Array("root:\(hash.text)\n".utf8))
        guard result.status == 0 else {
            throw FirstBootError(
                "set root's password: chpasswd ended with status \(result.status): \(result.errors)",
                remedy: "look at /etc/shadow; the password property is used again at the next boot"
            )
        }
        return ["set root's password"]
    }

    static func rootHash(_ shadow: String) -> String? {
        guard let line = shadow.split(separator: "\n").first(where: { $0.hasPrefix("root:") }) else { return nil }
        let fields = line.split(separator: ":", omittingEmptySubsequences: false)
        return fields.count > 1 ? String(fields[1]) : nil
    }
}
