internal import ProxyConfig

/// What the last check found, for the next reload if that follows soon: changes mostly come several at a time, and each
/// then pays for what it changed. It is as large as the configuration, so that it is not kept for longer.
struct RecentCheck {
    /// Milliseconds that it is kept for.
    static let patience: UInt64 = 10_000

    private var check: RepeatedCheck?
    private(set) var due: UInt64?

    /// Checks what was read.
    mutating func result(
        of files: [ConfigurationFile],
        _ surroundings: Surroundings,
        now: UInt64 = Clocks.monotonic()
    ) -> CheckResult {
        var check = check ?? RepeatedCheck()
        // Held once, it is not copied when it changes.
        self.check = nil
        check.surroundings = surroundings
        let result = check.result(of: files)
        self.check = check
        due = now + Self.patience
        return result
    }

    /// True if it was forgotten just now, and memory can be given back.
    mutating func forgetIfDue(_ now: UInt64) -> Bool {
        guard let due, due <= now else { return false }
        self = RecentCheck()
        return true
    }
}
