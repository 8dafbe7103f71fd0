public import Testing

/// For tests that wait: for programs, for the kernel, for time. They run on threads of their own (``BlockingThreads``),
/// and leave the few of Swift's pool to those that only compute.
public struct BlockingTrait: SuiteTrait, TestTrait, TestScoping {
    public var isRecursive: Bool { true }

    @concurrent public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(BlockingThreads.shared) { try await function() }
    }
}

extension Trait where Self == BlockingTrait {
    /// These tests wait: `@Suite(.blocking)`.
    public static var blocking: Self { Self() }
}
