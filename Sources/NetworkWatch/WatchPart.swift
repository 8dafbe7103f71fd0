public import NetworkFiles

/// A part of the service with descriptors and times of its own, beside the files and the kernel's network: who follows
/// the proxy, who looks for duplicate addresses, who hears of leases.
///
/// It lives in the service's one loop and on its thread. Nothing in it may wait: what takes time is begun, and heard of
/// later. What it wants of the service it keeps until it is asked for it, which is after every call.
public protocol WatchPart: AnyObject {
    /// What to wait for: each is heard when it can be read, or has ended, for as long as that is so. May change with
    /// every call; a descriptor that is closed must not be named any more.
    var descriptors: [CInt] { get }
    /// When ``timer(at:)`` has something to do, of the clock that the calls give (CLOCK_MONOTONIC); nil if it never has.
    var deadline: Duration? { get }
    /// What it wants of the service; each is given once.
    func takeWishes() -> [WatchWish]
    /// What is wrong, as long as it is: the service is degraded, and `status` says so.
    var problems: [String] { get }
    /// Whether the network cannot be what it is to be yet, because something has to come first: the service manager is not
    /// told "ready" before, unless it takes too long.
    var isPending: Bool { get }
    /// Members of the service's `status`, each a name and its value as JSON.
    var status: [(name: String, json: String)] { get }

    /// One of ``descriptors`` can be read, or has ended.
    func hear(_ descriptor: CInt, at now: Duration)
    /// ``deadline`` has come. Early calls do no harm.
    func timer(at now: Duration)
    /// The network is about to be made what `configuration` says: what must be closed before it opens is closed here.
    /// Also called where nothing has changed.
    func prepare(_ configuration: NetworkConfiguration, at now: Duration)
    /// The network is what `configuration` says. Also called where nothing has changed.
    func applied(_ configuration: NetworkConfiguration, at now: Duration)
    /// `down` was said (true), or `up` (false): while it stands by, nothing of ours is there.
    func standBy(_ isDown: Bool, at now: Duration)
    /// Commands of the control socket that it answers.
    var commands: Set<String> { get }
    /// The answer to a line of the control socket, given with all its members; nil if it is not for this part.
    func answer(_ command: String, _ members: [String: String], at now: Duration) -> PartAnswer?
}

extension WatchPart {
    public var problems: [String] { [] }
    public var isPending: Bool { false }
    public var commands: Set<String> { [] }
    public var status: [(name: String, json: String)] { [] }
    public func prepare(_ configuration: NetworkConfiguration, at now: Duration) {}
    public func applied(_ configuration: NetworkConfiguration, at now: Duration) {}
    public func standBy(_ isDown: Bool, at now: Duration) {}
    public func answer(_ command: String, _ members: [String: String], at now: Duration) -> PartAnswer? { nil }
}

/// What a part wants of the service.
public enum WatchWish: Sendable, Hashable {
    case log(LogLevel, String)
    /// Make the network right, now: something that it depends on has changed. What comes of it is no drift.
    case reconcile
}

/// What a part answers to a line of the control socket.
public enum PartAnswer: Sendable, Hashable {
    /// Members of the answer's object as JSON, without braces; empty for none.
    case members(String)
    case refused(String)
}
