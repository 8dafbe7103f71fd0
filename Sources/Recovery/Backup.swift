public import Addresses
public import Appliance
internal import Crypto
internal import Diagnostics
public import Files
internal import Glibc
public import NetworkFiles
internal import NetworkHistory
internal import PKI
internal import ProxyConfig
internal import Syscalls

/// Takes backups of an appliance.
public struct Backup {
    public var root: Root
    /// Of the program, for the manifest.
    public var program: String
    /// Seconds since 1970.
    public var now: Int64
    /// How keys are made of passphrases; for tests, which have no time.
    public var derivation: KeyDerivation = .standard()

    public init(_ root: Root, program: String, now: Int64) {
        self.root = root
        self.program = program
        self.now = now
    }

    /// `[recovery]` of the settings; what it is without one if they cannot be read.
    public static func settings(_ root: Root) -> RecoverySettings {
        settingsFile(root).value.recovery
    }

    /// Why it is not known what `[recovery]` says; nil if it is.
    private static func settingsProblem(_ root: Root) -> RestoreError? {
        guard let problem = settingsFile(root).diagnostics.first(where: { $0.severity == .error }) else { return nil }
        return RestoreError(
            "\(ApplianceFile.path) is wrong, so it is not known whether there is a target: \(problem.message)",
            remedy: problem.remedy ?? "see appliance-net validate"
        )
    }

    /// How bundles come to be elsewhere, for whoever has them on the appliance only.
    public static func wayOut(_ root: Root) throws -> String {
        let target =
            "set target in [recovery] of \(ApplianceFile.path) to \"/mnt/…\", \"sftp://user@host/path/\" or "
            + "\"https://host/path/\" (property recovery.target)"
        let isKnown = try Passphrase.existing(root, settings(root)).map { !$0.isGenerated } ?? false
        return isKnown ? target : target + ", and a passphrase that is known elsewhere (property recovery.passphrase)"
    }

    private static func settingsFile(_ root: Root) -> ParsedFile<ApplianceFile> {
        let bytes = (try? root.read(ApplianceFile.path, limit: 1 << 20)) ?? nil
        return ApplianceFile.parse(String(decoding: bytes ?? [], as: UTF8.self))
    }

    /// The appliance's name, for names of copies; empty if it has none.
    public static func hostName(_ root: Root) -> String {
        settingsFile(root).value.system.hostname?.value ?? ""
    }

    /// A bundle of the appliance as it is now.
    ///
    /// - Parameters:
    ///   - history: Whether also what was before.
    ///   - small: Whether it is worth seconds to have it small.
    public func take(_ passphrase: Secret, history: Bool = true, small: Bool = false) throws -> [UInt8] {
        try alone { try seal(try collect(history: history), passphrase, small: small) }
    }

    /// What ``automatic()`` did.
    public enum Outcome: Sendable, Hashable {
        /// The newest bundle says the same.
        case unchanged
        case kept(String)
        /// Also brought to the target.
        case brought(String, to: String)
        /// Kept, but not brought to the target.
        case notBrought(String, because: String)
    }

    /// Keeps a bundle if anything has changed, and brings the newest to the target if it is not there yet.
    public func automatic(_ push: (RecoveryTarget, String, RecoverySettings) throws -> Void) throws -> Outcome {
        // Two that bring bundles away at once would look at each other's files at the target, and tell of each other's end.
        try FileLock.hold(root[Self.lockPath], patience: Restorer.lockPatience, heldBy: "another backup") {
            try bring(push)
        }
    }

    private static let lockPath = "/run/appliance-net/backup.lock"

    private func bring(_ push: (RecoveryTarget, String, RecoverySettings) throws -> Void) throws -> Outcome {
        let settings = Self.settings(root)
        let store = BackupStore(root)
        let passphrase = try Passphrase.find(root, settings)
        var (state, isNew) = try alone {
            try keep(store, settings, passphrase.secret) {
                settings.target.map { Push(root, host: Self.hostName(root)).highest($0) } ?? 0
            }
        }
        guard let target = settings.target else {
            state.failure = Self.settingsProblem(root)?.description
            if let failure = state.failure {
                try store.write(state)
                return .notBrought(state.name, because: failure)
            }
            return isNew ? .kept(state.name) : .unchanged
        }
        if state.target == target.description { return .unchanged }
        do {
            guard !passphrase.isGenerated else {
                throw RestoreError(
                    "nobody outside knows the passphrase that the appliance has made for itself, and could open the bundle",
                    remedy: "set recovery.passphrase, or passphrase in [recovery]"
                )
            }
            try push(target, store.place(of: state.name), settings)
            state.target = target.description
            state.failure = nil
        } catch {
            state.failure = "\(error)"
        }
        try store.write(state)
        return state.failure.map { .notBrought(state.name, because: $0) }
            ?? .brought(state.name, to: target.description)
    }

    private func keep(
        _ store: BackupStore,
        _ settings: RecoverySettings,
        _ passphrase: Secret,
        above highest: () -> Int
    ) throws -> (state: BackupStore.State, isNew: Bool) {
        let files = try collect(history: true)
        let digest = try Self.digest(files, passphrase)
        if let state = try store.state(), state.digest == digest,
            try AtomicFile.status(store.place(of: state.name)) != nil
        {
            return (state, false)
        }
        let number = try store.nextNumber(above: highest())
        var numbered = files
        numbered[BackupStore.numberPath] = SavedFile(
            BackupStore.numberPath,
            .file,
            Array("\(number)\n".utf8),
            mode: 0o600
        )
        let bytes = try seal(numbered, passphrase, small: false)
        let entry = try store.add(bytes, number: number, time: now, keep: settings.keep)
        let state = BackupStore.State(digest: digest, name: entry.name, time: now)
        try store.write(state)
        return (state, true)
    }

    /// How long all files may take to be read. What `include` names may lie on a mount whose server is gone, and so may
    /// the target, which has ten seconds: together less than others wait for the locks.
    private static let patience = 15

    private func collect(history: Bool) throws -> FileSet {
        guard try ApplianceFiles.hasAuthority(root) else {
            throw RestoreError(
                "this machine was never configured: it has no CA",
                remedy: "run appliance-net firstboot first"
            )
        }
        try ApplianceIdentity.ensure(root)
        let (root, others) = (root, Self.settings(root).include)
        let read = try PKIStore(root: root).alone {
            try BoundedWork.run(within: .seconds(Self.patience), "read the appliance's files") {
                try ApplianceFiles.collect(root, including: others, history: history)
            }
        }
        guard let files = read else {
            throw RestoreError(
                "the appliance's files could not be read in \(Self.patience) s",
                remedy: "see include in [recovery] of \(ApplianceFile.path)"
            )
        }
        return files
    }

    private func seal(_ files: FileSet, _ passphrase: Secret, small: Bool) throws -> [UInt8] {
        let proxy = files.text(ApplianceFiles.proxyConfiguration)
        func fingerprint(_ path: String) -> String? {
            files.text(path).flatMap { PKIStore.fingerprints(of: $0).first }
        }
        let origin = BundleManifest.Origin(
            created: now,
            host: ApplianceFile.parse(files.text(ApplianceFile.path) ?? "").value.system.hostname?.value ?? "",
            program: program,
            version: proxy.map { ConfigurationFile($0, file: "").version },
            services: (proxy ?? "").split(separator: "\n").count {
                $0.hasPrefix("frontend ") || $0.hasPrefix("listen ")
            },
            appliance: files.text(ApplianceIdentity.path).flatMap { ApplianceIdentity.parse($0) },
            authority: fingerprint(PKIPaths.caCertificate),
            nextAuthority: fingerprint(PKIPaths.nextCertificate)
        )
        return try RecoveryBundle.seal(
            files,
            origin: origin,
            passphrase: passphrase,
            small: small,
            derivation: derivation
        )
    }

    /// Of what makes the appliance this one; that it was different before is no reason for another bundle. A new
    /// passphrase is.
    private static func digest(_ files: FileSet, _ passphrase: Secret) throws -> String {
        let telling = files.files.filter {
            !$0.path.hasPrefix(ApplianceFiles.proxyHistory) && !$0.path.hasPrefix("/var/lib/appliance-net/generations")
                && $0.path != BackupStore.numberPath
        }
        var hash = HMAC<SHA256>(key: SymmetricKey(data: SHA256.hash(data: Array(passphrase.revealed().utf8))))
        hash.update(data: try RestoreJournal.encode(FileSet(telling)))
        return Hexadecimal.text(hash.finalize())
    }

    /// Nobody restores meanwhile, and nothing is half restored.
    private func alone<Result>(_ body: () throws -> Result) throws -> Result {
        try FileLock.hold(
            root[Restorer.lockPath],
            patience: Restorer.lockPatience,
            heldBy: "another backup or restore"
        ) {
            // Asked with the lock held: a restore that runs has begun, and not been interrupted.
            guard !Restorer(root, hasNetwork: false).isInterrupted else {
                throw RestoreError("a restore was interrupted", remedy: "run appliance-net resume first")
            }
            return try body()
        }
    }
}
