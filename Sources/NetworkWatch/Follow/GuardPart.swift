internal import Diagnostics
internal import Addresses
public import Files
internal import Guard
internal import Netlink
public import NetworkFiles
internal import NetworkState
internal import RuntimeAPI
internal import Syscalls

/// The part that follows the proxy's listeners, and lets through what it listens on, and nothing else.
public final class GuardPart: WatchPart {
    /// The proxy's master socket, under the root.
    public static let masterPath = "/run/haproxy-master.sock"
    /// How long a start waits for the list, so that it closes nothing that is served.
    static let startPatience = Duration.seconds(1)
    /// From a failure of the packet filter to the next attempt.
    static let retryPause = Duration.seconds(1)
    /// From one look whether something tracks connections to the next. Rules of nf_tables are heard of; those of older
    /// programs are not, and looking is no reason to wake up often.
    static let trackingPause = Duration.seconds(60)
    /// From one question for addresses that others held to the next.
    static let probePause = Duration.seconds(30)

    private let root: Root
    let keeper: (any GuardKeeper)?
    let claims: (any AddressClaims)?
    let obstacle: String?
    private var connection: MasterConnection
    private(set) var chain: GuardChain
    private var wishes: [WatchWish] = []
    private(set) var isDown = false
    /// What is wrong with the packet filter, and when it is tried again.
    private(set) var failure: String?
    private var retryAt: Duration?
    private(set) var routeFailure: String?
    private(set) var lookFailure: String?
    private(set) var foreign: String?
    private var probeAt: Duration?
    private var trackAt: Duration?
    private(set) var repairs = 0
    /// The answer that waits for the packet filter to take what it is about, or for the proxy to take the one before.
    private var held: ListenerVerdict?
    /// What the proxy was told last; nil: it has told of no listeners yet.
    private var told: ListenerVerdict?

    /// Connects to the proxy, if it is there.
    ///
    /// - Parameters:
    ///   - keeper: nil: this kernel has no packet filter, or nobody wants one.
    ///   - claims: Who is asked for addresses; nil: nobody.
    ///   - obstacle: Why there is no keeper: a problem where the policy wants a guard.
    public init(
        _ root: Root,
        keeper: (any GuardKeeper)?,
        claims: (any AddressClaims)?,
        obstacle: String? = nil
    ) {
        let now = MonotonicTime.now
        self.root = root
        self.keeper = keeper
        self.claims = claims
        self.obstacle = obstacle
        connection = MasterConnection(root[Self.masterPath])
        chain = GuardChain(claimed: ClaimedAddresses.read(root), canProbe: claims != nil)
        take(connection.waitForList(Self.startPatience, at: now), now)
        claims?.conflictsChanged = { [weak self] now in self?.tellAgain(now) }
        claims?.refused = { [weak self] holders, now in
            guard let self else { return }
            self.perform(self.chain.refused(holders), now)
        }
    }

    // MARK: - WatchPart

    public var descriptors: [CInt] {
        [connection.descriptor, connection.roomDescriptor, connection.fileDescriptor, keeper?.descriptor].compactMap {
            $0
        }
    }
    public var deadline: Duration? { [connection.deadline, retryAt, probeAt, trackAt].compactMap { $0 }.min() }

    public func takeWishes() -> [WatchWish] {
        defer { wishes = [] }
        return wishes
    }

    public func hear(_ descriptor: CInt, at now: Duration) {
        if descriptor == connection.descriptor {
            take(connection.hear(at: now), now)
        } else if descriptor == connection.roomDescriptor {
            if let news = connection.flush(at: now) { take([news], now) }
            answer(now)
        } else if descriptor == connection.fileDescriptor {
            take(connection.look(at: now), now)
        } else {
            // What cannot be known is taken for theirs.
            var areOthers = true
            repair(now) {
                areOthers = try $0.hear()
                return try areOthers && $0.putRight()
            }
            // Who made a rule may have begun to track connections.
            if areOthers { track(now) }
        }
    }

    public func timer(at now: Duration) {
        take(connection.timer(at: now), now)
        if let due = retryAt, due <= now {
            retryAt = nil
            if !isDown { perform([.protect(chain.state)], now) }
        }
        if let due = trackAt, due <= now { track(now) }
        if let due = probeAt, due <= now {
            probeAt = now + Self.probePause
            perform(chain.probeAgain(), now)
        }
    }

    public func prepare(_ configuration: NetworkConfiguration, at now: Duration) {
        isDown = false
        if let next = look(configuration) { change(to: next, isApplied: false, now) }
    }

    public func applied(_ configuration: NetworkConfiguration, at now: Duration) {
        if let next = look(configuration) { change(to: next, isApplied: true, now) }
    }

    public func standBy(_ isDown: Bool, at now: Duration) {
        self.isDown = isDown
        guard isDown else { return }
        perform(chain.wentDown(), now)
        (retryAt, trackAt, failure, routeFailure) = (nil, nil, nil, nil)
        do {
            try keeper?.takeAway()
        } catch {
            failure = "the guard could not be taken away: \(error)"
        }
    }

    // MARK: - What comes

    private func look(_ configuration: NetworkConfiguration) -> GuardNetwork? {
        do {
            let socket = try NetlinkSocket()
            let (links, addresses) = (try socket.links(), try socket.addresses())
            lookFailure = nil
            return GuardNetwork(configuration, links: links, addresses: addresses)
        } catch {
            lookFailure = "the guard cannot know the interfaces: \(error)"
            return nil
        }
    }

    private func change(to network: GuardNetwork, isApplied: Bool, _ now: Duration) {
        track(now)
        if isApplied { repair(now) { try $0.putRight() } }
        perform(chain.changed(network, isApplied: isApplied), now)
    }

    /// Looks whether something tracks connections, as long as nothing does.
    private func track(_ now: Duration) {
        guard let keeper, !isDown, chain.network?.policy.isEnabled != false else {
            trackAt = nil
            return
        }
        let isTracking = keeper.tracksConnections
        trackAt = isTracking ? nil : now + Self.trackingPause
        perform(chain.tracks(isTracking), now)
    }

    private func take(_ news: [MasterConnection.News], _ now: Duration) {
        for item in news {
            switch item {
            case .part(let part):
                foreign = nil
                if part.isWhole {
                    // Nothing that was to be told to another is told to this one.
                    (told, held) = (nil, nil)
                    wishes.append(.log(.info, "following the proxy: it listens at \(part.added.count) places"))
                }
                perform(chain.heard(part), now)
            case .lost:
                if chain.isFollowing {
                    wishes.append(.log(.warning, "the proxy has gone; virtual addresses are closed until it is back"))
                }
                (told, held) = (nil, nil)
                perform(chain.lost(), now)
            case .foreign(let line):
                foreign =
                    "the proxy at \(connection.path) does not tell where it listens (it says: \(line)): virtual addresses "
                    + "are closed; run appliance-proxyd, or set enabled = false in [guard]"
            }
        }
    }

    /// Somebody has changed the packet filter.
    private func repair(_ now: Duration, _ look: (any GuardKeeper) throws -> Bool) {
        guard let keeper else { return }
        do {
            guard try look(keeper), !isDown else { return }
            repairs += 1
            wishes.append(.log(.warning, "the guard's tables had been changed; put them back"))
        } catch {
            fail(error, now)
        }
    }

    // MARK: - What is done

    private func perform(_ actions: [GuardChain.Action], _ now: Duration) {
        for action in actions { perform(action, now) }
        if chain.conflicts.isEmpty { probeAt = nil } else if probeAt == nil { probeAt = now + Self.probePause }
        tellAgain(now)
    }

    private func perform(_ action: GuardChain.Action, _ now: Duration) {
        switch action {
        case .probe(let addresses):
            claims?.probe(addresses, at: now) { [weak self] conflicts, later in
                guard let self else { return }
                self.perform(self.chain.probed(addresses, conflicts), later)
            }
        case .protect(let state):
            protect(now) { if state.policy.isEnabled { try $0.keep(state) } else { try $0.takeAway() } }
        case .change(let change):
            // What failed before is done as a whole.
            if failure == nil { protect(now) { try $0.keep(change) } }
        case .route(let new, let old): route(new, old)
        case .remember(let claimed):
            do {
                try claimed.write(root)
            } catch {
                wishes.append(.log(.warning, "the claimed addresses could not be kept: \(error)"))
            }
        case .announce(let addresses, let held): claims?.announce(addresses, held: held, at: now)
        case .release(let addresses): claims?.release(addresses, at: now)
        case .answer(let verdict):
            held = current(verdict)
            answer(now)
        case .retry: if let news = connection.say(ListenerVerdict.retry + "\n", at: now) { take([news], now) }
        }
    }

    /// Says what is to be said, once the packet filter is as it should be, and the proxy has taken what it was told
    /// before: each answer stands for all earlier ones.
    private func answer(_ now: Duration) {
        guard failure == nil, !connection.isSending, let verdict = held.map({ current($0) }) else { return }
        (held, told) = (nil, verdict)
        if let news = connection.say(verdict.text, at: now) { take([news], now) }
    }

    /// Who else has which address, whether it was found out before the address was claimed or since.
    var conflicts: [IPAddress: MACAddress] {
        let later = (claims?.conflicts ?? [:]).filter { chain.claimed.all(contain: $0.key) }
        return chain.conflicts.merging(later) { _, latest in latest }
    }

    private func current(_ verdict: ListenerVerdict) -> ListenerVerdict {
        ListenerVerdict(sequence: verdict.sequence, conflicts: conflicts, outside: verdict.outside)
    }

    /// Says what has changed of addresses since the proxy was told, so that its answer to the next change has it.
    private func tellAgain(_ now: Duration) {
        guard held == nil, let told, current(told) != told else { return }
        held = current(told)
        answer(now)
    }

    private func protect(_ now: Duration, _ body: (any GuardKeeper) throws -> Void) {
        do {
            if let keeper { try body(keeper) }
            if failure != nil { wishes.append(.log(.info, "the guard is right again")) }
            (failure, retryAt) = (nil, nil)
            // Whoever waits for what failed before.
            answer(now)
        } catch {
            fail(error, now)
        }
    }

    private func fail(_ error: any Error, _ now: Duration) {
        failure = "the guard is not as it should be: \(error)"
        retryAt = now + Self.retryPause
    }

    /// Routes of addresses of their own: the files know nothing of them.
    private func route(_ new: [IPAddress], _ old: [IPAddress]) {
        func route(_ address: IPAddress, _ loopback: Int) -> Route {
            Route(IPNetwork(address), table: .local, type: .local, scope: .host, interface: loopback)
        }
        do {
            let socket = try NetlinkSocket()
            let links = try socket.links()
            guard let loopback = links.first(where: { $0.isLoopback }) else { return }
            let names = InterfaceNames([loopback.index: loopback.name])
            let requests =
                new.map { NetlinkRequest.add(route($0, loopback.index), names) }
                + old.map { NetlinkRequest.delete(route($0, loopback.index), names) }
            let failures = try socket.execute(requests).filter { !$0.error.isAlreadyThere && !$0.error.isAlreadyGone }
            routeFailure = failures.first.map { "an address of its own: \($0.error)" }
        } catch {
            routeFailure = "addresses of their own: \(error)"
        }
    }
}
