/// A message and the words for what it does, so that an error names the verb and the object.
public struct NetlinkRequest: Sendable, Hashable {
    public var message: NetlinkMessage
    /// `adding`, `deleting`, `listing`.
    public var action: String
    /// Put into words only when somebody asks: thousands of requests go through without an error.
    private var subject: Subject

    private enum Subject: Sendable, Hashable {
        case words(String)
        case route(Route, InterfaceNames)
        case rule(Rule)
    }

    /// `rule from 10.13.201.0/24 lookup 2`.
    public var object: String {
        switch subject {
        case .words(let words): words
        case .route(let route, let names): "route \(route.text(names))"
        case .rule(let rule): "rule \(rule.text)"
        }
    }

    init(_ action: String, _ object: String, _ message: NetlinkMessage) {
        self.action = action
        self.message = message
        subject = .words(object)
    }

    init(_ action: String, _ route: Route, _ names: InterfaceNames, _ message: NetlinkMessage) {
        self.action = action
        self.message = message
        subject = .route(route, names)
    }

    init(_ action: String, _ rule: Rule, _ message: NetlinkMessage) {
        self.action = action
        self.message = message
        subject = .rule(rule)
    }

    /// The error that the kernel refuses it with.
    func error(_ refusal: (code: CInt, text: String?)) -> NetlinkError {
        NetlinkError(code: refusal.code, action: action, object: object, kernelText: refusal.text)
    }
}
