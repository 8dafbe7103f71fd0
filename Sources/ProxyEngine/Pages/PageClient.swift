internal import Addresses
internal import Glibc
internal import ProxyPages

/// A connection to a page, and the request that is answered now.
struct PageClient {
    enum Stage {
        /// A request is awaited or read.
        case reading
        /// The worker's master is asked for what is to be told.
        case asking
        /// It is answered when its time has come (`tarpit`).
        case delayed
        case writing
        /// All is said: what the client still sends is passed over, so that it reads the answer before a reset.
        case lingering
    }

    let descriptor: CInt
    let frontend: PlanFrontend
    let pages: PlanPages
    let source: Endpoint?
    let destination: Endpoint?
    var reader: HTTPReader
    /// Milliseconds of the wall clock.
    let acceptedAt = Clock.wall()
    var stage = Stage.reading
    /// ``reader`` may have another request already, which is looked at before more is read.
    var hasMore = false
    var output: [UInt8] = []
    var sent = 0
    var writer: ReportWriter?
    var report: PageReport?
    var orders: PageOrders?
    /// Of the monotonic clock: when the connection or the last answer was there, when the request's first byte was, and
    /// when it was read.
    var idleSince = Clock.monotonic()
    var begunAt: UInt64?
    var readAt: UInt64 = 0
    var requestedAt = Clock.wall()
    var request: HTTPRequest?
    /// How the log names what is answered; nil: it does not.
    var note: PageNote?
    var status = 0
    var keepsAlive = false
    var requests = 0
    var bytesIn = 0
    var bytesOut = 0
    var deadline: UInt64 = .max
    /// When it took something of its answer last.
    var progressAt: UInt64 = 0
    /// Orders were given, for so many servers.
    var asked: Int?
    /// No change took away what it is connected to.
    var mayStay = true

    var events: Int16 {
        switch stage {
        case .reading, .lingering: Int16(POLLIN)
        case .asking, .delayed: 0
        case .writing: Int16(POLLOUT)
        }
    }
}
