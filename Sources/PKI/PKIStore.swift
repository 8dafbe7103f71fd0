public import Files
public import Glibc
internal import Syscalls

/// The CA and the server certificate on disk.
///
/// One run at a time: each holds a lock.
public struct PKIStore: Sendable {
    /// Who reads the server's key; nil keeps the owner of an existing file, or makes it ours.
    public struct Owner: Sendable, Hashable {
        public var user: uid_t?
        public var group: gid_t?

        public init(user: uid_t? = nil, group: gid_t? = nil) {
            self.user = user
            self.group = group
        }
    }

    /// What ``ensure(_:)`` found and did.
    public struct Outcome: Sendable {
        public struct File: Sendable, Hashable {
            public enum Change: Sendable, Hashable {
                case created
                case replaced
                case removed
                case unchanged

                init(_ outcome: AtomicFile.Outcome) {
                    self =
                        switch outcome {
                        case .created: .created
                        case .replaced: .replaced
                        case .unchanged: .unchanged
                        }
                }
            }

            /// As seen from inside the root: `/etc/haproxy/ca.crt`.
            public var path: String
            public var outcome: Change

            /// `rewrote /etc/haproxy/ca.crt`; nil if nothing was done.
            public var words: String? {
                switch outcome {
                case .created: "created \(path)"
                case .replaced: "rewrote \(path)"
                case .removed: "removed \(path)"
                case .unchanged: nil
                }
            }
        }

        /// In the order of writing.
        public var files: [File]
        public var authority: CertificateAuthority
        /// The CA that is to come, while there are two.
        public var next: CertificateAuthority?
        /// Whether a client that trusts only the one that is to come accepts the server already.
        public var isNextEnough: Bool
        public var server: ServerCertificate
        /// Why the server certificate was issued; nil if it was kept.
        public var issued: IssueReason?

        /// Whether anything on disk is different from before.
        public var isChanged: Bool { files.contains { $0.outcome != .unchanged } }
    }

    let root: Root
    /// How long another run is waited for.
    public var patience = Duration.seconds(30)

    public init(root: Root) { self.root = root }

    /// Runs `body` while nobody changes the files. Not within itself.
    ///
    /// - Throws: `BusyError` if another run does not end; what `body` throws.
    public func alone<Result>(_ body: () throws -> Result) throws -> Result {
        try root.confine(PKIPaths.lock)
        let holder = "another process that changes certificates"
        return try FileLock.hold(root[PKIPaths.lock], patience: patience, heldBy: holder, body)
    }

    /// Makes sure that CA and server certificate are there and right, and does what is asked for beside. A second run
    /// without that changes nothing.
    ///
    /// An existing CA is kept. The server certificate is kept while the CA signed it, its names are exactly those
    /// wanted, its key belongs to it and is of the kind that is wanted, and two thirds of its life have not passed;
    /// otherwise it is issued anew under the same CA, with the same key where that can be. One that an admin provided is
    /// kept in any case.
    ///
    /// Whatever step a power cut comes after: the files can be used, and the next run finishes.
    ///
    /// - Throws: ``PKIError`` if what is on disk cannot be used; it is never thrown away. `BusyError` if another run does
    ///   not end; `SystemError` for files.
    public func ensure(_ request: CertificateRequest) throws -> Outcome {
        try alone {
            var planner = PKIPlanner(try files(), request)
            let plan = try planner.plan()
            try makeDirectories()
            let changes = try perform(plan.steps[...])
            return Outcome(
                files: zip(plan.steps, changes).map { Outcome.File(path: $0.path, outcome: $1) },
                authority: plan.authority,
                next: plan.next,
                isNextEnough: plan.isNextEnough,
                server: plan.server,
                issued: plan.reason
            )
        }
    }

    /// Performs steps. Files that follow each other are all on the disk before the first takes its place: a full disk
    /// leaves a key and its certificate as they were.
    func perform(_ steps: ArraySlice<PKIPlan.Step>) throws(SystemError) -> [Outcome.File.Change] {
        var changes: [Outcome.File.Change] = []
        var rest = steps
        while let step = rest.first {
            let files = replacements(rest)
            switch step {
            case .write:
                do {
                    changes += try AtomicFile.replace(files).map { Outcome.File.Change($0) }
                } catch {
                    throw error.error
                }
            case .link:
                let target = PKIPaths.caKeyLinkTarget
                changes.append(.init(try AtomicFile.replaceLink(root[PKIPaths.caKeyLink], target: target)))
            case .remove(let path): changes.append(try AtomicFile.remove(root[path]) ? .removed : .unchanged)
            }
            rest = rest.dropFirst(max(1, files.count))
        }
        return changes
    }

    /// The files that are to be written before anything else is to be done.
    private func replacements(_ steps: ArraySlice<PKIPlan.Step>) -> [AtomicFile.Replacement] {
        var files: [AtomicFile.Replacement] = []
        for step in steps {
            guard case .write(let path, let bytes, let mode, let owner) = step else { break }
            let (user, group) = owner.map { ($0.user, $0.group) } ?? (geteuid(), getegid())
            files.append(AtomicFile.Replacement(root[path], bytes, mode: mode, owner: user, group: group))
        }
        return files
    }

    /// What is there.
    func files() throws(SystemError) -> PKIFiles {
        var files = PKIFiles()
        for path in PKIPaths.all { files[path] = try read(path) }
        files.hasLink = try AtomicFile.linkTarget(of: root[PKIPaths.caKeyLink]) != nil
        return files
    }

    /// Where one of ``PKIPaths`` is, with the root.
    public func path(_ path: String) -> String { root[path] }

    /// A file's text, nil if it is not there.
    func read(_ path: String) throws(SystemError) -> String? {
        try AtomicFile.readText(root[path], limit: 1 << 20)
    }

    func makeDirectories() throws(SystemError) {
        for path in [PKIPaths.directory, PKIPaths.proxyDirectory] + PKIPaths.all where path != PKIPaths.caKeyLink {
            try root.confine(path)
        }
        try AtomicFile.makeDirectory(root[PKIPaths.proxyDirectory])
        let directory = root[PKIPaths.directory]
        try AtomicFile.makeDirectory(directory, mode: 0o700)
        if let status = try AtomicFile.status(directory), status.st_mode & 0o7777 != 0o700 {
            try syscall("chmod \(directory)") { chmod(directory, 0o700) }
        }
        // What a power cut left half-written holds keys.
        for path in [PKIPaths.caKey, PKIPaths.serverKey] { try PreparedFile.sweep(beside: root[path]) }
    }
}

extension PKIPlan.Step {
    var path: String {
        switch self {
        case .write(let path, _, _, _), .remove(let path): path
        case .link: PKIPaths.caKeyLink
        }
    }
}
