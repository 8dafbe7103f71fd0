internal import Glibc
internal import ProxyConfig

extension CommandClients {
    enum Stage {
        case asking
        case answering
        /// Its answer is not known yet.
        case waiting
        case following
        /// All is said that there is now, and there may be more: its answer is asked for again in a moment.
        case watching
    }

    struct Client {
        var descriptor: CInt
        var door: CommandDoor
        var stage = Stage.asking
        var input: [UInt8] = []
        var output: [UInt8] = []
        var sent = 0
        /// What comes behind ``output``.
        var rest = RuntimeOutput()
        var deadline: UInt64
        let session: RuntimeSession
        /// A line that is not complete without those behind it.
        var begun: String?
        var payload = ""
        /// It came in at a stats socket, of which so many may (`stats maxconn`).
        var isLimited = false

        init(
            _ descriptor: CInt,
            _ door: CommandDoor,
            stage: Stage = .asking,
            patience: UInt64? = nil,
            deadline: UInt64
        ) {
            self.descriptor = descriptor
            self.door = door
            self.stage = stage
            self.deadline = deadline
            session = RuntimeSession(door.level, isOfPages: door == .pages)
            session.patience = patience
        }

        /// Milliseconds in which it must go on with its line, or with reading its answer.
        var patience: UInt64 {
            session.patience ?? CommandClients.patience
        }

        var events: Int16 {
            switch stage {
            case .asking, .watching: Int16(POLLIN)
            case .answering: Int16(POLLOUT)
            // Its end is heard anyway.
            case .waiting: 0
            case .following: Int16(POLLIN) | (sent < output.count ? Int16(POLLOUT) : 0)
            }
        }
    }
}
