/// The fetch methods that are answered, by HAProxy's names (configuration manual, 7.3).
enum SampleFetch: String, CaseIterable {
    // Constants.
    case alwaysFalse = "always_false"
    case alwaysTrue = "always_true"
    case boolean = "bool"
    case integer = "int"
    case text = "str"
    case bytes = "bin"
    case addressV4 = "ipv4"
    case addressV6 = "ipv6"
    // The process and the moment.
    case date
    case microsecondDate = "date_us"
    case hostName = "hostname"
    case processCount = "nbproc"
    case process = "proc"
    case random = "rand"
    case thread
    case uuid
    case waitEnd = "wait_end"
    // Addresses.
    case source = "src"
    case sourcePort = "src_port"
    case sourceIsLocal = "src_is_local"
    case destination = "dst"
    case destinationPort = "dst_port"
    case destinationIsLocal = "dst_is_local"
    case frontSource = "fc_src"
    case frontSourcePort = "fc_src_port"
    case frontSourceIsLocal = "fc_src_is_local"
    case frontDestination = "fc_dst"
    case frontDestinationPort = "fc_dst_port"
    case frontDestinationIsLocal = "fc_dst_is_local"
    case receivedProxy = "fc_rcvd_proxy"
    case frontError = "fc_err"
    case frontErrorText = "fc_err_str"
    case serverSource = "bc_src"
    case serverSourcePort = "bc_src_port"
    case serverDestination = "bc_dst"
    case serverDestinationPort = "bc_dst_port"
    // What the kernel knows of the client's connection.
    case roundTripTime = "fc_rtt"
    case roundTripVariance = "fc_rttvar"
    case unacknowledged = "fc_unacked"
    case selectivelyAcknowledged = "fc_sacked"
    case retransmissions = "fc_retrans"
    case forwardAcknowledged = "fc_fackets"
    case lost = "fc_lost"
    case reordering = "fc_reordering"
    // The listener and the frontend.
    case listenerNumber = "so_id"
    case listenerName = "so_name"
    case listenerConnections = "dst_conn"
    case frontendNumber = "fe_id"
    case frontendName = "fe_name"
    case frontendConnections = "fe_conn"
    case frontendSessionRate = "fe_sess_rate"
    case frontendRequestRate = "fe_req_rate"
    case frontendDefaultBackend = "fe_defbe"
    case frontendClientTimeout = "fe_client_timeout"
    // The backend and its servers.
    case backendName = "be_name"
    case backendNumber = "be_id"
    case backendConnections = "be_conn"
    case backendConnectionsFree = "be_conn_free"
    case backendSessionRate = "be_sess_rate"
    case backendServerTimeout = "be_server_timeout"
    case backendTunnelTimeout = "be_tunnel_timeout"
    case connectionSlots = "connslots"
    case usableServers = "nbsrv"
    case queue
    case averageQueue = "avg_queue"
    case serverName = "srv_name"
    case serverNumber = "srv_id"
    case serverConnections = "srv_conn"
    case serverConnectionsFree = "srv_conn_free"
    case serverIsUp = "srv_is_up"
    case serverQueue = "srv_queue"
    case serverSessionRate = "srv_sess_rate"
    case serverWeight = "srv_weight"
    case serverInitialWeight = "srv_iweight"
    case serverUserWeight = "srv_uweight"
    // What the connection keeps.
    case variable = "var"
    case uniqueID = "unique-id"
    case priorityClass = "prio_class"
    case priorityOffset = "prio_offset"
    /// What `tcp-request content capture` has kept.
    case requestCapture = "capture.req.hdr"
    // What was said.
    case requestLength = "req.len"
    case requestPayload = "req.payload"
    case requestPayloadWithLength = "req.payload_lv"
    case requestIsHTTP = "req.proto_http"
    case requestHelloType = "req.ssl_hello_type"
    case requestServerName = "req.ssl_sni"
    case requestVersion = "req.ssl_ver"
    case requestProtocols = "req.ssl_alpn"
    case requestCurves = "req.ssl_ec_ext"
    case requestTicket = "req.ssl_st_ext"
    case requestCookie = "req.rdp_cookie"
    case requestCookieCount = "req.rdp_cookie_cnt"
    case responseLength = "res.len"
    case responsePayload = "res.payload"
    case responsePayloadWithLength = "res.payload_lv"
    case responseHelloType = "res.ssl_hello_type"
    // What stick tables know: ``TableSample``.
    case tableNumber = "src_*"
    case tableFlag = "sc_tracked"

    /// - Parameter name: One of HAProxy's, old ones included.
    init?(name: String) {
        switch name {
        case "req_len": self = .requestLength
        case "req_ssl_hello_type": self = .requestHelloType
        case "req_ssl_sni": self = .requestServerName
        case "req_ssl_ver": self = .requestVersion
        case "req_proto_http": self = .requestIsHTTP
        case "rdp_cookie", "req_rdp_cookie": self = .requestCookie
        case "rdp_cookie_cnt", "req_rdp_cookie_cnt": self = .requestCookieCount
        case "rep_ssl_hello_type": self = .responseHelloType
        case "sc0_tracked", "sc1_tracked", "sc2_tracked": self = .tableFlag
        case _ where TableSample.isFetch(name): self = name == "sc_tracked" ? .tableFlag : .tableNumber
        default: self.init(rawValue: name)
        }
    }

    var asksTable: Bool { self == .tableNumber || self == .tableFlag }

    /// What it gives. Some give several; this is what values without `-m` are compared as.
    var type: SampleType {
        switch self {
        case .alwaysFalse, .alwaysTrue, .boolean, .waitEnd, .sourceIsLocal, .destinationIsLocal, .frontSourceIsLocal,
            .frontDestinationIsLocal, .receivedProxy, .serverIsUp, .requestIsHTTP, .requestCurves,
            .tableFlag:
            .boolean
        case .source, .destination, .frontSource, .frontDestination, .serverSource, .serverDestination, .addressV4,
            .addressV6:
            .address
        case .text, .hostName, .uuid, .listenerName, .frontendName, .frontendDefaultBackend, .backendName, .serverName,
            .uniqueID, .frontErrorText, .requestCapture, .requestServerName, .requestProtocols, .requestCookie:
            .string
        case .bytes, .requestPayload, .requestPayloadWithLength, .responsePayload, .responsePayloadWithLength,
            .variable:
            .binary
        default: .integer
        }
    }
}
