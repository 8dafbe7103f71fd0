/// The operations of a batch that failed; at least one.
struct BatchError: Error, CustomStringConvertible {
    struct Failure {
        var operation: Operation
        var error: any Error
    }

    var failures: [Failure]

    /// The first that failed.
    var operation: Operation? { failures.first?.operation }

    /// Each failure names its object; of very many the first ones.
    var description: String {
        let shown = failures.prefix(5).map { "\($0.error)" }
        let rest = failures.count - shown.count
        return (shown + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: "; ")
    }
}
