internal import Addresses
internal import Files
internal import NetworkFiles
internal import Syscalls

/// Servers: their clients, and what stands there already.
extension Push {
    func push(
        sftp client: [String],
        _ path: String,
        _ target: RecoveryTarget,
        _ bundle: String
    ) throws {
        let what = "copy the bundle to \(target)"
        try requireOwn(bundle, at: target) { try present(client, path, target, bundle, into: $0, what) }
        let remote = path.hasSuffix("/") ? path + Self.name(host, bundle) : path
        // Whole or not at all, there too.
        try run(client, "put \"\(bundle)\" \"\(remote).part\"\nrename \"\(remote).part\" \"\(remote)\"\n", what)
        // When it is kept here no more it is still ours.
        if path.hasSuffix("/") { try Self.remember("\(target) \(remote)", beside: bundle) }
    }

    func push(
        https address: String,
        _ target: RecoveryTarget,
        _ bundle: String,
        _ settings: RecoverySettings
    ) throws {
        let client = ["curl", "--disable", "--config", "-"]
        let isExact = !address.hasSuffix("/")
        let url = isExact ? address : address + Self.name(host, bundle)
        let options = Self.curlOptions(url, settings, root)
        if isExact {
            try requireOwn(bundle, at: target) { file in
                // Enough for the manifest, where the server knows ranges.
                let lines = [
                    "output = \"\(file)\"", "range = \"0-\(RecoveryBundle.longestHead - 1)\"",
                    "max-filesize = \(RecoveryBundle.largestFile)",
                ]
                let result = try attempt(client, (lines + options).joined(separator: "\n"))
                // A server that gives nothing out has nothing that could be looked at; one that does not answer may have.
                if result.status == Self.refusedByServer { return nil }
                _ = try output(of: result, "GET from \(target)")
                return url
            }
        }
        try run(client, (["upload-file = \"\(bundle)\""] + options).joined(separator: "\n"), "PUT to \(target)")
    }

    static func sftp(
        _ user: String?,
        _ server: String,
        _ port: UInt16?,
        _ settings: RecoverySettings,
        _ root: Root
    ) -> [String] {
        var arguments = ["sftp", "-b", "-"]
        if let port { arguments += ["-P", "\(port)"] }
        for option in sshOptions(settings, root) { arguments += ["-o", option] }
        return arguments + [(user.map { $0 + "@" } ?? "") + (server.contains(":") ? "[\(server)]" : server)]
    }

    /// Gets what stands at a path, or the newest of this host's bundles in a directory that are not kept here, once.
    ///
    /// - Returns: Its name; nil for nothing new.
    private func present(
        _ client: [String],
        _ path: String,
        _ target: RecoveryTarget,
        _ bundle: String,
        into file: String,
        _ what: String
    ) throws -> String? {
        var remote = path
        if path.hasSuffix("/") {
            // Some servers let nobody list.
            let listing = try run(client, "-ls -1 \"\(path)\"\n", what).split(separator: "\n")
            let names = listing.compactMap { $0.split(separator: "/").last.flatMap { BundleName(String($0)) } }
            let here = Set(try AtomicFile.names(in: AtomicFile.directory(of: bundle)).map { Self.name(host, $0) })
            let others = names.filter { $0.host == BundleName.host(host) && !here.contains($0.description) }
            guard let newest = others.max() else { return nil }
            remote += newest.description
            if try Self.remembered(beside: bundle).contains("\(target) \(remote)") { return nil }
        }
        // Whatever stands at a path: no more of it than a bundle can have.
        let limit = ["prlimit", "--fsize=\(RecoveryBundle.largestFile)"]
        try run(limit + client, "-get \"\(remote)\" \"\(file)\"\n", what)
        guard try AtomicFile.status(file) != nil else { return nil }
        return remote
    }

    /// Refuses where a bundle of another appliance stands.
    private func requireOwn(
        _ bundle: String,
        at target: RecoveryTarget,
        _ get: (_ file: String) throws -> String?
    ) throws {
        guard let own = BundleCatalogue.origin(Root(), bundle), let appliance = own.appliance else { return }
        let file = AtomicFile.directory(of: bundle) + "/.present"
        try AtomicFile.remove(file)
        defer { _ = try? AtomicFile.remove(file) }
        guard let name = try get(file) else { return }
        if let other = BundleCatalogue.origin(Root(), file), other.appliance.map({ $0 != appliance }) ?? false {
            throw foreign(name, other, at: "\(target)", own)
        }
        try Self.remember("\(target) \(name)", beside: bundle)
    }

    /// What is known to be ours, a line each: it is not got again.
    private static func memory(_ bundle: String) -> String { AtomicFile.directory(of: bundle) + "/seen" }

    /// So many lines are kept: more than bundles are, mostly.
    private static let longestMemory = 100

    private static func remembered(beside bundle: String) throws -> [String] {
        (try AtomicFile.readText(memory(bundle), limit: 1 << 20) ?? "").split(separator: "\n").map { String($0) }
    }

    private static func remember(_ line: String, beside bundle: String) throws {
        let lines = try remembered(beside: bundle).filter { $0 != line } + [line]
        try AtomicFile.replace(memory(bundle), with: lines.suffix(longestMemory).joined(separator: "\n"), mode: 0o600)
    }

    /// Whoever looks for the newest bundle of this host must not find that of another appliance.
    func foreign(
        _ name: String,
        _ other: BundleManifest.Origin,
        at place: String,
        _ own: BundleManifest.Origin
    ) -> RestoreError {
        RestoreError(
            "\(place) holds bundles of another appliance of the name \(BundleName.host(host)), and none of this one is brought "
                + "there: \(name), \(other.words); this one has \(own.authorities)",
            remedy:
                "if this machine is to be that appliance, appliance-net restore that bundle, or deploy it anew with "
                + "recovery.source; if not, move those bundles away, or give this one another name or target"
        )
    }

    private static func sshOptions(_ settings: RecoverySettings, _ root: Root) -> [String] {
        // Not -q, which hides why there is no connection.
        var options = [
            "LogLevel=ERROR", "BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=10", "IdentitiesOnly=yes",
        ]
        if let key = settings.key { options.append("IdentityFile=\"\(root[key])\"") }
        if let hosts = settings.knownHosts { options.append("UserKnownHostsFile=\"\(root[hosts])\"") }
        return options
    }

    private static func curlOptions(_ url: String, _ settings: RecoverySettings, _ root: Root) -> [String] {
        var lines = [
            "url = \"\(url)\"", "silent", "show-error", "fail", "globoff", "proto = \"=https\"", "connect-timeout = 10",
        ]
        if let file = settings.credentials { lines.append("netrc-file = \"\(root[file])\"") }
        if let file = settings.ca { lines.append("cacert = \"\(root[file])\"") }
        return lines
    }

    private func attempt(_ arguments: [String], _ input: String) throws -> Subprocess.Result {
        try Subprocess.run(["timeout", "--kill-after=5", "\(patience)"] + arguments, input: Array(input.utf8))
    }

    /// curl(1): the server answered with an error of HTTP.
    private static let refusedByServer: Int32 = 22

    @discardableResult
    private func run(_ arguments: [String], _ input: String, _ what: String) throws -> String {
        try output(of: try attempt(arguments, input), what)
    }

    private func output(of result: Subprocess.Result, _ what: String) throws -> String {
        guard result.status == 0 else {
            let words = result.errors.split { $0.isNewline }.joined(separator: "; ")
            let reason = result.status == 124 ? "no end after \(patience) s" : words
            throw Self.failure(what, reason.isEmpty ? "status \(result.status)" : reason)
        }
        return result.output
    }
}
