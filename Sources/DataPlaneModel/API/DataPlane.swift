public import Files
internal import Glibc
internal import ProxyConfig
internal import Synchronization
public import Syscalls

/// The Data Plane API without HTTP: requests in, answers out.
///
/// One change at a time, in the order of arrival; an answer to a change is given when the file is on disk and the proxy
/// has taken it. Who only reads never waits for a change. Blocking: call it from a thread that may wait.
public final class DataPlane: Sendable {
    public struct Settings: Sendable {
        /// haproxy.cfg.
        public var path: String
        /// The userlist whose users may log in.
        public var userlist: String
        /// Who shows a certificate of the authority needs no password.
        public var certificateSuffices = false
        /// The file that has the userlist; haproxy.cfg if nil.
        public var userlistFile: String?
        /// Users beside those of the userlist.
        public var users: [User] = []
        public var limits = TransactionLimits()
        /// Most versions of the configuration that are kept; 0 keeps none.
        public var versionsKept = 50
        /// Where they are; nil: beside the file.
        public var historyDirectory: String?
        /// How long another process that changes the configuration is waited for.
        public var patience = Duration.seconds(60)
        /// The proxy's master socket (`--master-runtime`), over which the running process is asked.
        public var masterSocket: String?
        public var directories = StorageDirectories()
        /// Where the files of the appliance lie, below which its VIP ranges are found; nil where there is none.
        public var applianceRoot: Root?
        /// Reads the certificates that are stored.
        public var certificateReader: any CertificateReader = PEMFormReader()
        /// Takes words for the log about what no request waits for.
        public var report: @Sendable (String) -> Void = { _ in }
        /// Version and build date that `info` tells.
        public var buildVersion = "v2.9.27 appliance-net"

        public init(path: String, userlist: String = "controller") {
            self.path = path
            self.userlist = userlist
        }
    }

    let settings: Settings
    let checker: any ConfigurationChecker
    let reloader: any Reloader
    private let clock: @Sendable () -> Int
    private let state: Mutex<State>
    let authenticator = Authenticator()
    /// Who changes the file.
    let turns = Turns()
    let lists = ListCache()
    let probe = HealthProbe()
    /// The versions that were in effect; nil where none are kept.
    let history: ConfigurationHistory?

    struct State {
        var storage: ConfigurationStorage
        var workspace: Workspace
        var reloads = ReloadLog()
        /// The reload that is to come, which all changes until then share.
        var pendingReload: String?
        /// The configuration that the proxy has.
        var inEffect: ConfigurationFile
        /// Who may log in, and the version of the configuration that says so.
        var users: (list: UserList, version: Int)?
        /// A change of ours is on its way to the disk and the proxy: until it is in effect or has been taken back,
        /// requests are answered from the configuration before it.
        var isCommitting = false
        /// The file that has the userlist, where that is not haproxy.cfg.
        var userlistFile: ConfigurationStorage?
        /// A change that was cut off when the process before this one ended: on the disk, and perhaps not in effect.
        var interrupted: ConfigurationHistory.Entry?
        /// The last edit by hand that was noticed.
        var edit: HandEdit?
        /// Seconds since 1970 at the request that is served.
        var now = 0
    }

    /// - Parameter clock: Seconds since 1970.
    /// - Throws: When haproxy.cfg cannot be read.
    public init(
        _ settings: Settings,
        checker: any ConfigurationChecker,
        reloader: any Reloader,
        clock: @escaping @Sendable () -> Int = DataPlane.systemClock
    ) throws(SystemError) {
        self.settings = settings
        self.checker = checker
        self.reloader = reloader
        self.clock = clock
        var storage = ConfigurationStorage(path: settings.path)
        history = Self.history(settings)
        // Another process may be changing the file.
        let lock = try Self.lock(history, settings)
        let text = try storage.readIfChanged(now: clock()) ?? ""
        let file = ConfigurationFile(text, file: settings.path)
        let recovered = try? history?.recover(settings.path, version: file.version, EscapedBytes.bytes(text))
        _ = consume lock
        var state = State(
            storage: storage,
            workspace: Workspace(file, version: recovered?.version ?? file.version, limits: settings.limits),
            inEffect: file
        )
        state.interrupted = recovered?.pending
        self.state = Mutex(state)
    }

    /// The time of the machine's clock.
    public static let systemClock: @Sendable () -> Int = { time(nil) }

    /// Answers one request of somebody who was admitted.
    public func respond(to request: APIRequest) -> APIResponse {
        do throws(APIError) {
            return versioned(try answer(request), request)
        } catch {
            return versioned(refusal(error, of: request), request)
        }
    }

    /// The answer to a request that is refused.
    public func refusal(_ error: APIError, of request: APIRequest) -> APIResponse {
        var error = error
        // Violations of the schema have no numbers of their own in v3.
        if request.version == .v3, error.status == 422 { error.code = 422 }
        var response = APIResponse(error)
        // Where plain text is what there is, it is plain text that says so.
        if Self.isText(request) {
            response.headers = response.headers.map { ($0, $0 == "Content-Type" ? Self.plainText : $1) }
        }
        return response
    }

    /// What an administrator should know about the file as it is: its errors, and that nobody can log in.
    public func problems() -> [String] {
        do throws(APIError) {
            let isNobody = try users().secrets.isEmpty && !settings.certificateSuffices
            let file = try read { state in state.workspace.file }
            let nobody = "userlist \(settings.userlist) has no user with a password: nobody can log in"
            return checker.errors(in: file).map { Secrets.removed(fromLinesOf: $0) } + (isNobody ? [nobody] : [])
        } catch {
            return [error.message]
        }
    }

    private func answer(_ request: APIRequest) throws(APIError) -> APIResponse {
        if request.isHealth { return health(request) }
        let (route, keys) = try RouteTable.find(request.method, routedPath(request))
        if case .service(let service) = route.operation {
            return try serve(service, ServiceRequest(request: request, arguments: keys))
        }
        try checkAccept(request)
        switch route.operation {
        case .service: throw APIError(404, "no such service")
        case .info: return info()
        case .health: return health(request)
        case .specification: return APIResponse(200, Specification.document(route.version))
        case .specification3: return APIResponse(200, Specification.openAPI3(route.version))
        case .unserved:
            let name = route.id ?? "\(route.method) /\(route.path.joined(separator: "/"))"
            throw APIError(501, "operation \(name) is not implemented")
        case .discovery: return discovery(request.path)
        case .listReloads:
            return try read { state in APIResponse(200, .array(state.reloads.entries.map { $0.body })) }
        case .getReload: return try reload(keys["id"] ?? "")
        case .version: return try version(request)
        case .listSites: return try sites(request)
        case .getSite: return try site(keys["name"] ?? "", request)
        case .readRaw: return try readRaw(request)
        case .writeRaw: return try writeRaw(request)
        case .listTransactions, .startTransaction, .getTransaction, .commitTransaction, .deleteTransaction:
            return try transaction(route.operation, keys["id"] ?? "", request)
        case .list, .create, .get, .replace, .replaceAll, .delete:
            return try resource(route, keys, request)
        }
    }

    private func reload(_ id: String) throws(APIError) -> APIResponse {
        try read { state throws(APIError) in
            guard let entry = state.reloads.entries.first(where: { $0.id == id }) else {
                throw APIError(404, "reload \(id) does not exist")
            }
            return APIResponse(200, entry.body)
        }
    }

    /// The configuration that a request means: that of its transaction, else the one in effect.
    ///
    /// - Parameter missing: The status of the answer when there is no such transaction.
    func snapshot(_ request: APIRequest, missing: Int = 400) throws(APIError) -> Snapshot {
        let id = request.parameter("transaction_id")
        return try read { state throws(APIError) in
            guard let id else { return state.workspace.snapshot }
            let transaction = try state.workspace.transaction(id, now: state.now, missing: missing)
            return Snapshot(file: transaction.file, version: transaction.version)
        }
    }

    /// Runs `body` on the state as it is now: what somebody else wrote to the file is taken in first. Others wait
    /// meanwhile: `body` is short.
    func read<Result>(_ body: (inout State) throws(APIError) -> Result) throws(APIError) -> sending Result {
        let now = clock()
        let outcome: Swift.Result<Result, APIError> = state.withLock { state in
            do throws(APIError) {
                state.now = now
                try refresh(&state)
                state.workspace.expire(now: now)
                return .success(try body(&state))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Runs `body` on the state without a look at the file.
    func withState<Result>(_ body: (inout State) -> Result) -> sending Result {
        state.withLock { body(&$0) }
    }

    func refresh(_ state: inout State) throws(APIError) {
        guard !state.isCommitting else { return }
        do throws(SystemError) {
            let known = state.storage.known
            guard let text = try state.storage.readIfChanged(now: state.now) else { return }
            guard text != state.workspace.file.text else { return }
            adopt(text, known, &state)
        } catch {
            throw APIError(500, "the configuration cannot be read: \(error)")
        }
    }
}
