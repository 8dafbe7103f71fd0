/// Where a sample is asked for: what a method can answer depends on how far a connection has come.
///
/// The raw value is the column of `haproxy -dKsmp`.
enum SamplePlace: Int {
    case frontendConnection
    case frontendSession
    case frontendContent
    case frontendRequest
    case frontendRequestBody
    case switching
    case backendContent
    case backendRequest
    case backendRequestBody
    case serverChoice
    case sourceChoice
    case backendResponseContent
    case backendResponse
    case backendResponseBody
    case storing
    case frontendResponseContent
    case frontendResponse
    case frontendResponseBody
    case log
    case check
    case parser
    case commandLine

    /// What HAProxy calls it.
    var label: String {
        switch self {
        case .frontendConnection: "frontend tcp-request connection rule"
        case .frontendSession: "frontend tcp-request session rule"
        case .frontendContent: "frontend tcp-request content rule"
        case .frontendRequest: "frontend http-request header rule"
        case .frontendRequestBody: "frontend http-request body rule"
        case .switching: "frontend use-backend rule"
        case .backendContent: "backend tcp-request content rule"
        case .backendRequest: "backend http-request header rule"
        case .backendRequestBody: "backend http-request body rule"
        case .serverChoice: "backend use-server, balance or stick-match rule"
        case .sourceChoice: "server source selection"
        case .backendResponseContent: "backend tcp-response content rule"
        case .backendResponse: "backend http-response header rule"
        case .backendResponseBody: "backend http-response body rule"
        case .storing: "backend stick-store rule"
        case .frontendResponseContent: "frontend tcp-response content rule"
        case .frontendResponse: "frontend http-response header rule"
        case .frontendResponseBody: "frontend http-response body rule"
        case .log: "logs"
        case .check: "backend tcp-check rule"
        case .parser: "configuration parser"
        case .commandLine: "CLI parser"
        }
    }

    /// Several places.
    struct Set: OptionSet, Sendable, Hashable {
        let rawValue: UInt32

        init(rawValue: UInt32) { self.rawValue = rawValue }

        init(_ place: SamplePlace) { rawValue = 1 << UInt32(place.rawValue) }

        /// What HAProxy calls it: of several places the first.
        var label: String { SamplePlace(rawValue: rawValue.trailingZeroBitCount)?.label ?? "" }
    }
}
