internal import CLinux
internal import Diagnostics
internal import Files
internal import Glibc
internal import Patterns
internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// A configuration that was read and checked: the snapshot to run and what the process itself needs.
struct LoadedConfiguration: Sendable {
    /// Has no proxies while ``unencoded`` is there.
    var snapshot: EncodedSnapshot
    /// What is left to do by ``encode()``.
    private var unencoded: Unencoded?
    /// The listeners as values, where nothing serves yet.
    var outline: ProxySnapshot?
    /// What the process must make room for.
    var needs: SnapshotNeeds
    var process: ProcessSettings
    /// Parts that are right but cannot be served.
    var unserved: [Unserved]
    /// Warnings and notes, in HAProxy's form.
    var warnings: [String]
    var global = Global()
    var programs: [ProgramSettings] = []
    /// What was read: all files in order; empty once it serves.
    var contents: [[UInt8]] = []
    /// Tells other texts apart.
    var fingerprint = 0
    /// By it, the next configuration is read where it differs; nil if that is not possible.
    var digest: ConfigurationDigest?
    /// The file is refused: this is the copy of the last one that served.
    var isLastGood = false
    /// The warnings, once they have been written.
    private(set) var said: [String] = []
    /// There is something to listen on; HAProxy does not start without.
    var listens = true
    /// HAProxy would warn too.
    var hasWarnings = false
    /// Names without an address.
    var unresolved: [String] = []
    /// Names that `resolvers` sections follow.
    var resolving: [Resolver.Wanted] = []
    /// Servers whose addresses they find out, or would if a command gave them a name.
    var resolutions: [ServerReference: ServerResolution] = [:]
    /// Those that are written, and `default`, which asks whom the system asks.
    var resolvers: [Resolvers] = []
    /// Files with the state of servers, by backend.
    var stateFiles: [ServerStateFile.Place] = []
    /// What it says before names have addresses, for a process that cannot read it again.
    var unnamed: Unnamed?

    var statsSockets: [StatsSocket] { global.statsSockets }

    /// A part that is quarantined: `bind f/one 192.0.2.1:80 quarantined <reason>`.
    struct Unserved: Hashable, Sendable {
        enum Kind: String, Sendable {
            case bind
            case file
            case rule
            case backend
            case server
        }

        var kind: Kind
        /// `frontend/bind`, `frontend/backend` of a rule, `backend`, `backend/server`.
        var name: String
        /// `-` where there is none.
        var address = "-"
        var reason: String

        var line: String { "\(kind.rawValue) \(name) \(address) quarantined \(reason)" }

        /// A server whose name has no address at this moment.
        var waitsForName: Bool { kind == .server && reason.hasPrefix("the name '") }
    }

    /// Lets go of what is needed only until it serves: thousands of services take megabytes.
    mutating func settle() {
        unencoded = nil
        snapshot = EncodedSnapshot(settings: snapshot.settings)
        outline = nil
        contents = []
        said = warnings
        warnings = []
    }

    /// Takes a warning that came after it served.
    mutating func remember(_ line: String) { said.append(line) }

    /// Lowers maxconn to what the limit of descriptors leaves room for; refuses with `strict-limits`.
    mutating func fit(descriptors limit: Int) throws(Refused) {
        var settings = snapshot.settings
        guard let warning = DescriptorRoom.fit(&settings, needs, limit: limit) else { return }
        snapshot = snapshot.with(settings)
        if global.hasStrictLimits { throw Refused(lines: [Talk.line(.alert, "config : \(warning)")]) }
        warnings.append(Talk.line(.warning, "config : \(warning)"))
    }

    /// It was refused; the lines say why, in HAProxy's form, the last of them `Fatal errors found in configuration.`
    struct Refused: Error {
        var lines: [String]
    }

    typealias Check = ([ConfigurationFile], Surroundings) -> CheckResult

    static func wholeCheck(_ files: [ConfigurationFile], _ surroundings: Surroundings) -> CheckResult {
        ConfigurationFile.check(files, surroundings: surroundings)
    }

    /// Reads, checks and compiles.
    ///
    /// - Parameters:
    ///   - former: What runs: what says the same is not made again.
    ///   - checked: How what was read is checked.
    ///   - requiresFiles: What already serves goes on rather than without a file that is not there.
    ///   - encodes: False leaves ``encode()`` to the caller: listeners can be opened before it.
    static func load(
        _ options: CommandLineOptions,
        after former: FormerConfiguration? = nil,
        checked: Check = wholeCheck,
        requiresFiles: Bool = false,
        encodes: Bool = true
    ) throws(Refused) -> LoadedConfiguration {
        var contents: [[UInt8]] = []
        let names = try expanded(options.files)
        for name in names {
            do throws(SystemError) {
                contents.append(try AtomicFile.read(name))
            } catch {
                throw cannotOpen(name, error)
            }
        }
        var configuration: LoadedConfiguration
        if let former, names.count == 1, let changed = changed(contents[0], names[0], options, former, requiresFiles) {
            configuration = changed
        } else {
            readyHeap(contents)
            let files = zip(contents, names).map { ConfigurationFile($0, file: $1) }
            clinux_wait_for_heap()
            configuration = try check(
                files,
                options,
                after: former?.snapshot,
                checked: checked,
                requiresFiles: requiresFiles,
                restores: former == nil && !Handover.isThere,
                text: names.count == 1 ? contents[0] : nil
            )
        }
        configuration.contents = contents
        if encodes { configuration.encode() }
        return configuration
    }

    /// Does what can wait until listeners are open.
    mutating func encode() {
        if let unencoded {
            self.unencoded = nil
            digest = unencoded.digest
            snapshot = unencoded.snapshot.with(snapshot.settings)
        }
        var hasher = Hasher()
        for content in contents { content.withUnsafeBytes { hasher.combine(bytes: $0) } }
        fingerprint = hasher.finalize()
    }

    /// A large file takes many times its size while it is read.
    private static func readyHeap(_ contents: [[UInt8]]) {
        let size = contents.reduce(0) { $0 + $1.count }
        if size > 1 << 20 { clinux_ready_heap(UInt(min(4 * size, 48 << 20))) }
    }

    /// What was read of the one file where it has changed; nil if it must be read as a whole. Whatever is wrong or has to
    /// be told is said of the whole, with its lines.
    private static func changed(
        _ content: [UInt8],
        _ name: String,
        _ options: CommandLineOptions,
        _ former: FormerConfiguration,
        _ requiresFiles: Bool
    ) -> LoadedConfiguration? {
        let part = content.withUnsafeBufferPointer { bytes in
            SectionCuts(bytes).flatMap { former.part(bytes, $0) }
        }
        guard let part else { return nil }
        let file = ConfigurationFile(part.text, file: name)
        let text = Array(part.text.utf8)
        guard var read = try? check([file], options, requiresFiles: requiresFiles, text: text) else { return nil }
        read.encode()
        return former.whole(part, read)
    }

    /// Checks and compiles what was read.
    ///
    /// - Parameters:
    ///   - restores: It is what starts: files with the state of servers count.
    ///   - text: Of the one file, if the next configuration may be read where it differs.
    static func check(
        _ files: [ConfigurationFile],
        _ options: CommandLineOptions,
        after former: EncodedSnapshot? = nil,
        checked: Check = wholeCheck,
        requiresFiles: Bool = false,
        restores: Bool = false,
        text: [UInt8]? = nil
    ) throws(Refused) -> LoadedConfiguration {
        let names = files.map { $0.file }
        let predefined = PredefinedVariables(options, files: names)
        var surroundings = Surroundings(
            variable: { predefined[$0] ?? getenv($0).map { String(cString: $0) } },
            hasUser: { getpwnam($0) != nil },
            hasGroup: { getgrnam($0) != nil },
            isMasterWorker: options.masterWorker
        )
        surroundings.isDiagnosing = options.diagnoses
        surroundings.trustsServers = options.trustsServers
        surroundings.isEmptyFile = { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR && status.st_size == 0
        }
        let patterns = PatternContents()
        surroundings.contents = { patterns.read($0, hasValues: $1) }
        if options.checkOnly || requiresFiles {
            // A check says what HAProxy's says, and what already serves is not replaced by less. Where nothing serves yet, what is
            // missing is quarantined, and the rest serves.
            surroundings.hasFile = { access($0, F_OK) == 0 }
        }
        if options.checkOnly {
            surroundings.resolveNow = { NameResolution.address(of: $0) }
            surroundings.descriptorProblem = { number in
                var type: CInt = 0
                var size = socklen_t(MemoryLayout<CInt>.size)
                return getsockopt(CInt(clamping: number), SOL_SOCKET, SO_TYPE, &type, &size) == 0
                    ? nil : ErrnoName(errno).words
            }
            surroundings.processors = sysconf(CInt(_SC_NPROCESSORS_ONLN))
        }
        let result = checked(files, surroundings)
        let lines = HAProxyForm.lines(result.diagnostics, file: names.last ?? "", pid: getpid())
        guard let model = result.model else { throw Refused(lines: lines) }
        let hasWarnings = result.diagnostics.contains { $0.severity == .warning && !HAProxyForm.isAlert($0) }
        return try compile(model, result, options, lines, hasWarnings, restores, files, former, text, patterns.files)
    }

    /// What the files mean, compiled.
    private static func compile(
        _ checked: ProxyModel,
        _ result: CheckResult,
        _ options: CommandLineOptions,
        _ lines: [String],
        _ hasWarnings: Bool,
        _ restores: Bool,
        _ files: [ConfigurationFile],
        _ former: EncodedSnapshot?,
        _ text: [UInt8]?,
        _ patternFiles: [PatternFile]
    ) throws(Refused) -> LoadedConfiguration {
        var model = checked
        var names = NameResolution()
        names.resolve(&model)
        if options.checkOnly, !options.toleratesNames, !names.servers.isEmpty {
            let words = names.servers.map { entry in
                let place = model.backend(entry.backend)?.place(of: entry.server.position) ?? entry.server.position
                return "config : [\(files.last?.file ?? ""):\(place.line)] : 'server \(entry.backend)/"
                    + "\(entry.server.name)' : could not resolve address '\(entry.name)'."
            }
            let alerts = (words + ["config : Failed to initialize server(s) addr."]).map { Talk.line(.alert, $0) }
            throw Refused(lines: lines + alerts)
        }
        // As HAProxy's lines do, for `env` and for programs.
        for (name, value) in model.global.environment {
            if let value { setenv(name, value, 1) } else { unsetenv(name) }
        }
        var compiler = SnapshotCompiler(model, options)
        var snapshot = compiler.compile()
        snapshot.patternFiles = patternFiles
        snapshot.order.file = files.last?.file ?? ""
        var process = ProcessSettings(model.global)
        let needs = SnapshotNeeds(snapshot)
        process.capabilities = needs.capabilities
        process.isQuiet = options.quiet
        var notes =
            NotFollowed.warnings(model, localPeer: compiler.localPeer) + NotFollowed.warnings(snapshot.logGroups)
            + (restores ? ServerStateFile.warnings(ServerStateFile.places(checked)) : [])
            + (options.masterSocket != nil && !options.masterWorker && !checked.global.isMasterWorker
                ? ["a master CLI socket was defined, but master-worker mode (-W) is not enabled."] : [])
            + compiler.unserved.filter { !$0.waitsForName }.map { $0.line }
        // What names have no address is of the moment, and not of the file.
        let isWarned = hasWarnings || !notes.isEmpty
        notes += names.warnings + compiler.unserved.filter { $0.waitsForName }.map { $0.line }
        let warnings = lines + notes.map { Talk.line(.warning, "config : \($0)") }
        // Of what is not served as it is written, too. Where the program before has gone, or nothing else is left, it serves all the same.
        if isWarned, !Handover.isThere, !options.servesAnyway, options.refusesWarnings || model.global.refusesWarnings {
            let words = "config : Some warnings were found and 'zero-warning' is set. Aborting."
            throw Refused(lines: warnings + [Talk.line(.alert, words)])
        }
        var unnamed: Unnamed?
        if !options.masterWorker, !checked.resolvers.isEmpty {
            unnamed = Unnamed(model: checked, options: options, authorities: compiler.authorities)
        }
        // Lines that are said of the whole cannot be said of a part.
        let isSilent = lines.isEmpty && notes.isEmpty && names.unresolved.isEmpty && files.count == 1
        return LoadedConfiguration(
            snapshot: EncodedSnapshot(settings: snapshot.settings, stickTables: snapshot.stickTables),
            unencoded: Unencoded(
                values: snapshot,
                former: former,
                files: files,
                result: result,
                model: checked,
                text: isSilent ? text : nil
            ),
            outline: former == nil ? ProxySnapshot(frontends: snapshot.frontends) : nil,
            needs: needs,
            process: process,
            unserved: compiler.unserved,
            warnings: warnings,
            global: model.global,
            programs: model.programs.map { ProgramSettings($0) },
            listens: options.masterWorker || checked.listens(as: compiler.localPeer),
            hasWarnings: hasWarnings,
            unresolved: names.unresolved,
            resolving: Resolver.wanted(checked),
            resolutions: ServerResolution.all(checked),
            resolvers: Resolver.sections(checked),
            stateFiles: ServerStateFile.places(checked),
            unnamed: unnamed
        )
    }

    /// A directory stands for its `*.cfg` files in order, as for HAProxy.
    private static func expanded(_ paths: [String]) throws(Refused) -> [String] {
        var files: [String] = []
        for path in paths {
            var info = stat()
            guard stat(path, &info) == 0 else {
                throw cannotOpen(path, SystemError(code: errno, operation: "stat \(path)"))
            }
            guard info.st_mode & S_IFMT == S_IFDIR, let directory = opendir(path) else {
                files.append(path)
                continue
            }
            defer { closedir(directory) }
            var names: [String] = []
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name.hasSuffix(".cfg"), !name.hasPrefix(".") { names.append(name) }
            }
            files += names.sorted().map { "\(path)/\($0)" }
        }
        return files
    }

    private static func cannotOpen(_ path: String, _ error: SystemError) -> Refused {
        let words = ErrnoName(error.code).words
        return Refused(lines: [
            Talk.line(.alert, "config : Cannot open configuration file/directory \(path) : \(words)")
        ])
    }
}
