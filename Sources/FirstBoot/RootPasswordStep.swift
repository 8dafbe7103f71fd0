internal import Appliance
internal import Files
internal import Passwords
internal import Syscalls

/// Root's password from `appliance.root_pwd`, set by chpasswd(8) as a hash with a random salt.
struct RootPasswordStep: FirstBootStep {
    let name = "root password"
    let takesSecrets = true

    /// The password that was set last, hashed: root may have changed it since.
    static let record = "/root-password"

    func run(_ context: FirstBootContext) throws -> [String] {
        guard let password = context.settings.appliance.rootPassword else { return [] }
        // An image build gets its password at its own first boot: a hash in an image is a secret of all its copies.
        guard context.isLive else { return [] }
        let secret = password.revealed()
        if try context.isSettled("root", secret, record: Self.record) { return [] }
        let shadow = try AtomicFile.readText(context.root["/etc/shadow"]) ?? ""
        if let hash = Self.rootHash(shadow).map({ PasswordHash($0) }), hash.matches(secret) {
            try context.settle("root", hash, record: Self.record)
            return []
        }
        let hash = try PasswordHash.make(secret, method: .yescrypt)
        let result = try Subprocess.run(["chpasswd", "--encrypted"], input: Array("root:\(hash.text)\n".utf8))
        guard result.status == 0 else {
            throw FirstBootError(
                "set root's password: chpasswd ended with status \(result.status): \(result.errors)",
                remedy: "look at /etc/shadow; the password property is used again at the next boot"
            )
        }
        try context.settle("root", hash, record: Self.record)
        return ["set root's password"]
    }

    static func rootHash(_ shadow: String) -> String? {
        guard let line = shadow.split(separator: "\n").first(where: { $0.hasPrefix("root:") }) else { return nil }
        let fields = line.split(separator: ":", omittingEmptySubsequences: false)
        return fields.count > 1 ? String(fields[1]) : nil
    }
}
