public import HealthChecks

/// How a server was before this process, by a state file (management guide, `show servers state`).
public struct ServerRestoration: Hashable, Sendable {
    /// `srv_op_state`
    public enum Operation: UInt8, Hashable, Sendable {
        case stopped = 0
        case starting = 1
        case running = 2
        case stopping = 3
    }

    public var operation: Operation
    public var administration: Administration
    /// The configuration had put it into maintenance.
    public var wasDisabled: Bool
    /// HAProxy's rise and fall counter.
    public var health: Int32
    /// Of its last check.
    public var status: CheckStatus
    /// Since it came up or went down.
    public var seconds: UInt32
    /// A command had turned them off.
    public var isCheckOff = false
    public var isAgentOff = false

    public init(
        operation: Operation,
        administration: Administration,
        wasDisabled: Bool,
        health: Int32,
        status: CheckStatus,
        seconds: UInt32
    ) {
        self.operation = operation
        self.administration = administration
        self.wasDisabled = wasDisabled
        self.health = health
        self.status = status
        self.seconds = seconds
    }

    /// The counter that fits its state, as HAProxy mends it.
    func counter(rise: Int32, fall: Int32) -> Int32 {
        let top = rise + fall - 1
        switch operation {
        case .stopped: return 0
        case .starting: return rise == 1 ? top : (1..<rise).contains(health) ? health : rise - 1
        case .stopping: return fall == 1 ? 0 : (rise..<top).contains(health) ? health : rise
        case .running: return top
        }
    }

    /// The same of what its health lets it do.
    func state(fall: Int32) -> ServerOrder.Health {
        switch operation {
        case .stopped: .down
        case .stopping: fall == 1 ? .down : .stopping
        case .starting, .running: .up
        }
    }

    /// What it stands at now. A change of `disabled` in the configuration counts more than what was said before.
    func administration(isDisabled: Bool) -> Administration? {
        if administration == .drain { return .drain }
        if isDisabled != wasDisabled { return isDisabled ? .maintenance : .ready }
        if isDisabled { return administration == .maintenance ? nil : .ready }
        return administration == .maintenance ? .maintenance : nil
    }
}

extension ServerRestoration {
    func write(to writer: inout ByteWriter) {
        writer.number(operation.rawValue)
        writer.number(administration.rawValue)
        for flag in [wasDisabled, isCheckOff, isAgentOff] { writer.flag(flag) }
        writer.number(health)
        writer.number(seconds)
        writer.string(status.rawValue)
    }

    init(_ reader: inout ByteReader) throws(MalformedSnapshot) {
        guard let operation = Operation(rawValue: try reader.number()),
            let administration = Administration(rawValue: try reader.number())
        else { throw MalformedSnapshot() }
        let (wasDisabled, isCheckOff, isAgentOff) = (try reader.flag(), try reader.flag(), try reader.flag())
        let (health, seconds): (Int32, UInt32) = (try reader.number(), try reader.number())
        guard let status = CheckStatus(rawValue: try reader.string()) else { throw MalformedSnapshot() }
        self.init(
            operation: operation,
            administration: administration,
            wasDisabled: wasDisabled,
            health: health,
            status: status,
            seconds: seconds
        )
        self.isCheckOff = isCheckOff
        self.isAgentOff = isAgentOff
    }
}
