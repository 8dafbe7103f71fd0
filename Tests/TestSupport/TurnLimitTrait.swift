public import Testing

/// How long a test may take from its turn on. `.timeLimit` counts from when the test was begun to be looked at, so that in a
/// suite that is ``BlockingTrait`` it counts the wait for a thread, which is as long as all tests before it.
///
/// It tells of a test that hangs; nobody can end one that does.
public struct TurnLimitTrait: TestTrait, TestScoping {
    let limit: Duration

    @concurrent public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Not on the threads that may be held up.
            group.addTask(executorPreference: globalConcurrentExecutor) { [limit] in
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                Issue.record("It took more than \(limit) from its turn on")
            }
            defer { group.cancelAll() }
            try await function()
        }
    }
}

extension Trait where Self == TurnLimitTrait {
    /// `@Test(.turnLimit(.seconds(300)))`, in a suite that waits.
    public static func turnLimit(_ limit: Duration) -> Self { Self(limit: limit) }
}
