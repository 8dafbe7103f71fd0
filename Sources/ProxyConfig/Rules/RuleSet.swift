/// The lists of rules that a connection or a message goes through.
enum RuleSet: Character {
    case connection = "c"
    case session = "s"
    case content = "x"
    case responseContent = "r"
    case request = "q"
    case response = "p"
    case afterResponse = "a"

    var isHTTP: Bool { self == .request || self == .response || self == .afterResponse }

    /// It has `track-sc0` and its like.
    var tracks: Bool { self != .responseContent && self != .afterResponse }

    /// `tcp-request connection`
    var label: String {
        switch self {
        case .connection: "tcp-request connection"
        case .session: "tcp-request session"
        case .content: "tcp-request content"
        case .responseContent: "tcp-response content"
        case .request: "http-request"
        case .response: "http-response"
        case .afterResponse: "http-after-response"
        }
    }

    /// When it is looked at; nil for what the server says.
    var order: RuleOrder? {
        switch self {
        case .connection: .connection
        case .session: .session
        case .content: .content
        case .request: .httpRequest
        case .responseContent, .response, .afterResponse: nil
        }
    }

    /// Where HAProxy thinks of its conditions as asked: of HTTP's rules, in one half of a proxy that has both.
    func warningPlaces(hasFrontend: Bool, hasBackend: Bool) -> SamplePlace.Set {
        switch self {
        case .request: .init(hasFrontend ? .frontendRequest : .backendRequest)
        case .response, .afterResponse: .init(hasBackend ? .backendResponse : .frontendResponse)
        default: places(hasFrontend: hasFrontend, hasBackend: hasBackend)
        }
    }

    /// Where its samples are asked for, in the halves of a proxy.
    func places(hasFrontend: Bool, hasBackend: Bool) -> SamplePlace.Set {
        var places = SamplePlace.Set()
        if hasFrontend {
            switch self {
            case .connection: places.insert(.init(.frontendConnection))
            case .session: places.insert(.init(.frontendSession))
            case .content: places.insert(.init(.frontendContent))
            case .request: places.insert(.init(.frontendRequest))
            case .responseContent: places.insert(.init(.frontendResponseContent))
            case .response, .afterResponse: places.insert(.init(.frontendResponse))
            }
        }
        if hasBackend {
            switch self {
            case .connection, .session: break
            case .content: places.insert(.init(.backendContent))
            case .request: places.insert(.init(.backendRequest))
            case .responseContent: places.insert(.init(.backendResponseContent))
            case .response, .afterResponse: places.insert(.init(.backendResponse))
            }
        }
        return places
    }
}
