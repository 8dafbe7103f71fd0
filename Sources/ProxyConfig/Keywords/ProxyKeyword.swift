/// The first words of lines in `defaults`, `frontend`, `backend` and `listen` sections (configuration manual, section 4.1).
enum ProxyKeyword: String, CaseIterable {
    case acl, backlog, balance, bind, capture, compression, cookie, declare, description, disabled, dispatch, enabled
    case errorfile, errorfiles, errorloc, errorloc302, errorloc303, filter, fullconn, id, log, maxconn, mode, monitor
    case option, persist, redirect, retries, server, source, stats, stick, timeout, transparent
    case bindProcess = "bind-process"
    case dynamicCookieKey = "dynamic-cookie-key"
    case clientKeepaliveCount = "clitcpka-cnt"
    case clientKeepaliveIdle = "clitcpka-idle"
    case clientKeepaliveInterval = "clitcpka-intvl"
    case defaultServer = "default-server"
    case defaultBackend = "default_backend"
    case emailAlert = "email-alert"
    case errorLogFormat = "error-log-format"
    case externalCheck = "external-check"
    case forcePersist = "force-persist"
    case hashBalanceFactor = "hash-balance-factor"
    case hashType = "hash-type"
    case httpAfterResponse = "http-after-response"
    case httpCheck = "http-check"
    case httpError = "http-error"
    case httpRequest = "http-request"
    case httpResponse = "http-response"
    case httpReuse = "http-reuse"
    case httpSendNameHeader = "http-send-name-header"
    case ignorePersist = "ignore-persist"
    case loadServerState = "load-server-state-from-file"
    case logFormat = "log-format"
    case logFormatStructuredData = "log-format-sd"
    case logTag = "log-tag"
    case maxKeepAliveQueue = "max-keep-alive-queue"
    case maxSessionServerConnections = "max-session-srv-conns"
    case monitorURI = "monitor-uri"
    case rateLimit = "rate-limit"
    case retryOn = "retry-on"
    case serverStateFile = "server-state-file-name"
    case serverTemplate = "server-template"
    case serverKeepaliveCount = "srvtcpka-cnt"
    case serverKeepaliveIdle = "srvtcpka-idle"
    case serverKeepaliveInterval = "srvtcpka-intvl"
    case stickTable = "stick-table"
    case tcpCheck = "tcp-check"
    case tcpRequest = "tcp-request"
    case tcpResponse = "tcp-response"
    case uniqueIDFormat = "unique-id-format"
    case uniqueIDHeader = "unique-id-header"
    case useBackend = "use_backend"
    case useFastCGI = "use-fcgi-app"
    case useServer = "use-server"

    static let byName = WordTable(allCases.map { ($0.rawValue, $0) })
    static let names = allCases.map(\.rawValue)

    /// Where a keyword is of use; a line elsewhere is ignored with a warning.
    enum Side {
        case frontend
        case backend
        case both

        /// The half that the line is for and that the section is without.
        func missing(in kind: SectionKind) -> String? {
            switch self {
            case .frontend where kind == .backend: "frontend"
            case .backend where kind == .frontend: "backend"
            default: nil
            }
        }
    }

    var side: Side {
        switch self {
        case .backlog, .bind, .capture, .clientKeepaliveCount, .clientKeepaliveIdle, .clientKeepaliveInterval, .declare,
            .defaultBackend, .maxSessionServerConnections, .maxconn, .monitor, .monitorURI, .rateLimit, .uniqueIDFormat,
            .uniqueIDHeader, .useBackend:
            .frontend
        case .balance, .cookie, .defaultServer, .dispatch, .dynamicCookieKey, .hashBalanceFactor, .externalCheck,
            .forcePersist, .fullconn, .hashType,
            .httpCheck,
            .httpReuse, .httpSendNameHeader, .ignorePersist, .loadServerState, .maxKeepAliveQueue, .persist, .retries,
            .retryOn,
            .serverKeepaliveCount, .serverKeepaliveIdle, .serverKeepaliveInterval, .server, .serverStateFile,
            .serverTemplate,
            .source, .stick,
            .tcpCheck, .transparent, .useFastCGI, .useServer:
            .backend
        default: .both
        }
    }

    /// A `defaults` section cannot hold these.
    var isRefusedInDefaults: Bool {
        switch self {
        case .bind, .capture, .declare, .description, .dispatch, .filter, .forcePersist, .id, .ignorePersist, .monitor,
            .redirect, .server,
            .serverTemplate, .stick, .stickTable, .useBackend, .useFastCGI, .useServer:
            true
        default: false
        }
    }

    /// Only a `defaults` section with a name can hold these.
    var needsNamedDefaults: Bool {
        switch self {
        case .acl, .httpAfterResponse, .httpRequest, .httpResponse, .tcpRequest, .tcpResponse: true
        default: false
        }
    }

    /// Of use to `mode http` only, or to nothing that a proxy of layer 4 does: passed over without a word.
    var isMeaningless: Bool {
        switch self {
        case .bindProcess, .capture, .compression, .cookie, .declare, .description, .errorfile, .errorfiles, .errorloc,
            .errorloc302, .errorloc303, .httpAfterResponse, .httpError, .httpRequest, .httpResponse, .httpReuse,
            .httpSendNameHeader, .id, .maxKeepAliveQueue, .maxSessionServerConnections, .redirect, .stats,
            .uniqueIDFormat,
            .uniqueIDHeader, .useFastCGI, .monitor, .monitorURI:
            true
        default: false
        }
    }
}
