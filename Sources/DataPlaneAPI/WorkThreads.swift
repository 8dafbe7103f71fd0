internal import DataPlaneModel
internal import NIOPosix

/// Threads that may block, for each kind of work its own: a proxy that does not answer, a change that takes its time, or
/// somebody who guesses passwords takes no thread from the others.
struct WorkThreads: Sendable {
    private let pools: [RequestWork: NIOThreadPool]
    /// What is done where a kind has no pool.
    private let others: NIOThreadPool
    /// Computes the hashes of passwords.
    private let logins = NIOThreadPool(numberOfThreads: 1)

    init() {
        others = NIOThreadPool(numberOfThreads: 8)
        pools = [
            // Changes wait for each other.
            .change: NIOThreadPool(numberOfThreads: 1),
            .proxy: NIOThreadPool(numberOfThreads: 4),
            .health: NIOThreadPool(numberOfThreads: 1),
        ]
    }

    private subscript(work: RequestWork) -> NIOThreadPool { pools[work] ?? others }

    /// - Throws: When the server has ended.
    func run<Result: Sendable>(
        _ work: RequestWork,
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await self[work].runIfActive(body)
    }

    /// As ``run(_:_:)``, for what is slow so that nobody guesses passwords fast.
    func runLogin<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await logins.runIfActive(body)
    }

    func start() { all.forEach { $0.start() } }

    func stop() async throws {
        for pool in all { try await pool.shutdownGracefully() }
    }

    /// Changes end first: what they wait for is still there.
    private var all: [NIOThreadPool] { [self[.change], logins, self[.proxy], self[.health], others] }
}
