/// The check of a configuration that is checked again and again: sections that did not change are taken over from the last
/// check that found no error.
///
/// ```swift
/// var check = RepeatedCheck()
/// let before = check.result(of: file)
/// file.update("backend", "web") { $0.append(Line(["server", "s2", "10.0.0.2:80"])) }
/// let after = check.result(of: file)  // looks at one section
/// ```
///
/// The result is that of ``ConfigurationFile/checked(surroundings:)`` in every respect. It is found quickest for copies of
/// the same document, the sections of which need not be compared; the same text that was read anew is compared with the
/// former one. What a section asked the surroundings is asked again. A section with a variable, a directive, a host name or
/// a stick table is checked every time; if anything is wrong, or something common to all has changed, everything is.
///
/// What is kept is about as large as the model.
public struct RepeatedCheck: Sendable {
    /// May be others for the next check: what was asked is asked again.
    public var surroundings: Surroundings
    private var former: FormerCheck?

    public init(surroundings: Surroundings = Surroundings()) { self.surroundings = surroundings }

    public mutating func result(of file: ConfigurationFile) -> CheckResult { result(of: [file]) }

    /// What ``ConfigurationFile/check(_:surroundings:)`` says of these files.
    public mutating func result(of files: [ConfigurationFile]) -> CheckResult {
        if let result = resultOfChanges(in: files) { return result }
        var checker = Checker(surroundings: surroundings)
        let result = checker.check(files)
        if result.isRight {
            former = checker.found
            former?.settle(&checker.names)
        }
        return result
    }

    private mutating func resultOfChanges(in files: [ConfigurationFile]) -> CheckResult? {
        guard var known = former, !known.isWorn else { return nil }
        // What is kept is held once while it changes: else it would be copied.
        former = nil
        var checker = Checker(surroundings: surroundings)
        swap(&checker.names, &known.names)
        checker.former = known
        let result = checker.check(files)
        // What is wrong is told in the order of a whole check, with the lines of other sections.
        guard result.isRight, checker.isUndisturbed else {
            known.names = checker.names
            former = known
            return nil
        }
        former = checker.found
        former?.settle(&checker.names)
        return result
    }

    /// Forgets what was found: the next check looks at everything.
    public mutating func forget() { former = nil }
}
