public import Explanation

/// One thing that the doctor looks at.
public protocol DoctorCheck: Sendable {
    /// A word, for people and programs: `gateways`.
    static var name: String { get }

    init()

    /// Looks, and changes nothing. Everything that was looked at has a finding; what is not right has a remedy.
    func findings(_ context: DoctorContext) throws -> [Finding]

    /// Mends what can be mended without harm, after ``findings(_:)`` found something wrong.
    ///
    /// - Returns: What was done, in words; empty where nothing can be done.
    func fix(_ context: DoctorContext) throws -> [String]
}

extension DoctorCheck {
    public func fix(_ context: DoctorContext) throws -> [String] { [] }
}
