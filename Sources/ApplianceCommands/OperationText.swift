internal import NetworkState

/// A plan for people: grouped by object, each in the order it is run; green, red and yellow on a terminal.
struct OperationText {
    /// Shows the lines that change in files.
    var details = false
    var isColored = false

    func lines(_ operations: [Operation]) -> [String] {
        Operation.Object.allCases.flatMap { object in
            operations.filter { $0.object == object }.flatMap { lines($0) }
        }
    }

    private func lines(_ operation: Operation) -> [String] {
        let line = colored(operation.description, operation.verb)
        return details ? [line] + operation.difference.map { "    \($0)" } : [line]
    }

    private func colored(_ text: String, _ verb: Operation.Verb) -> String {
        guard isColored else { return text }
        let color =
            switch verb {
            case .add: 32
            case .delete: 31
            case .change: 33
            }
        return "\u{1B}[\(color)m\(text)\u{1B}[0m"
    }
}
