import ProxyConfig

/// How many transactions there may be, and how long.
public struct TransactionLimits: Sendable, Hashable {
    /// Most transactions in progress at a time.
    public var open = 20
    /// Seconds after its last use at which a transaction is forgotten, so that a client that died blocks nobody.
    public var timeToLive = 900

    public init() {}
}

/// The configuration in effect, its version, and the transactions that are open on it. Pure: no file, no clock.
struct Workspace: Sendable {
    private(set) var file: ConfigurationFile
    private(set) var version: Int
    private var transactions: [String: Transaction] = [:]
    private let limits: TransactionLimits

    init(_ file: ConfigurationFile, version: Int, limits: TransactionLimits = TransactionLimits()) {
        self.file = file
        self.version = version
        self.limits = limits
    }

    var snapshot: Snapshot { Snapshot(file: file, version: version) }

    /// Takes what somebody else wrote to the file: a new version, whether or not its author counted.
    mutating func adopt(_ file: ConfigurationFile) {
        replace(file, version: max(version + 1, file.version))
    }

    /// The configuration that a commit of `changed` writes: the head lines made right.
    ///
    /// A hash is told where there was one, in `former` or in `changed`: it is that of all other lines.
    static func next(
        _ changed: ConfigurationFile,
        over former: ConfigurationFile,
        version: Int
    ) -> ConfigurationFile {
        var next = changed
        next.md5Hash = nil
        next.version = version
        if changed.md5Hash != nil || former.md5Hash != nil {
            next.md5Hash = MD5.hexadecimal(EscapedBytes.bytes(next))
        }
        return next
    }

    /// Makes a committed configuration the one in effect; what was begun on an older one is outdated now.
    mutating func replace(_ file: ConfigurationFile, version: Int) {
        self.file = file
        self.version = version
        for (id, transaction) in transactions where transaction.status == .inProgress {
            if transaction.version < version { transactions[id]?.status = .outdated }
        }
    }

    // MARK: - Transactions

    /// Forgets the transactions that nobody has used for their time to live.
    mutating func expire(now: Int) {
        transactions = transactions.filter { $0.value.isSealed || now - $0.value.lastUse < limits.timeToLive }
        // Those that can only be looked at hold a configuration each, and nobody counts them.
        let ended = transactions.values.filter { $0.status != .inProgress && !$0.isSealed }
        for transaction in ended.sorted(by: { $0.lastUse > $1.lastUse }).dropFirst(limits.open) {
            transactions[transaction.id] = nil
        }
    }

    /// - Throws: 409 for another version than the one in effect, 429 when too many are open.
    mutating func begin(version: Int, id: String, now: Int) throws(APIError) -> Transaction {
        guard version == self.version else { throw .versionMismatch }
        let open = transactions.values.count { $0.status == .inProgress }
        guard open < limits.open else {
            throw APIError(
                429,
                "cannot start a new transaction, reached the maximum amount of \(limits.open) "
                    + "active transactions available"
            )
        }
        let transaction = Transaction(id: id, version: version, status: .inProgress, file: file, lastUse: now)
        transactions[id] = transaction
        return transaction
    }

    func list(status: String?) -> [Transaction] {
        transactions.values.filter { status == nil || $0.status.rawValue == status }.sorted {
            ($0.version, $0.id) < ($1.version, $1.id)
        }
    }

    /// - Parameter missing: The status of the answer when there is no such transaction.
    mutating func transaction(_ id: String, now: Int, missing: Int) throws(APIError) -> Transaction {
        guard let found = transactions[id] else { throw .transactionUnknown(id, status: missing) }
        transactions[id]?.lastUse = now
        return found
    }

    /// The transaction, if it may be committed.
    ///
    /// - Throws: 404 for an unknown one, 406 for one that is outdated or has failed.
    mutating func committable(_ id: String, now: Int) throws(APIError) -> Transaction {
        let found = try transaction(id, now: now, missing: 404)
        switch found.status {
        case .inProgress where found.version == version: return found
        case .inProgress, .outdated:
            transactions[id]?.status = .outdated
            throw APIError(406, "transaction \(id) is outdated and cannot be committed")
        case .failed, .success:
            throw APIError(406, "transaction \(id) is \(found.status.rawValue) and cannot be committed")
        }
    }

    /// As ``committable(_:now:)``; from now on the transaction takes no changes.
    mutating func seal(_ id: String, now: Int) throws(APIError) -> Transaction {
        let found = try committable(id, now: now)
        transactions[id]?.isSealed = true
        return found
    }

    mutating func unseal(_ id: String) { transactions[id]?.isSealed = false }

    /// - Throws: 406 while it is being committed.
    mutating func change(_ id: String, to file: ConfigurationFile) throws(APIError) {
        if transactions[id]?.isSealed == true {
            throw APIError(406, "transaction \(id) is being committed and cannot be changed")
        }
        transactions[id]?.file = file
        transactions[id]?.isChanged = true
    }

    mutating func fail(_ id: String) {
        transactions[id]?.status = .failed
        unseal(id)
    }

    mutating func forget(_ id: String) { transactions[id] = nil }
}
