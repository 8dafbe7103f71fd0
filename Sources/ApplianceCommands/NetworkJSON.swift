internal import NetworkState

/// One operation as `--json` shows it.
struct OperationJSON: Encodable {
    var verb: String
    var object: String
    var description: String
    /// Of a file: the lines that go (`-`) and come (`+`).
    var diff: [String]?

    init(_ operation: Operation) {
        verb = operation.verb.rawValue
        object = operation.object.rawValue
        description = operation.text
        diff = operation.object == .file ? operation.difference : nil
    }
}

/// Something that is wanted and cannot be had, as `--json` shows it.
struct ProblemJSON: Encodable {
    var object: String
    var message: String
    var remedy: String

    init(_ problem: Problem) {
        object = problem.object.rawValue
        message = problem.message
        remedy = problem.remedy
    }
}

/// One object's state as `--json` shows it.
struct ObjectJSON: Encodable {
    var object: String
    var description: String
    var state: String
    var detail: String?

    init(_ status: ObjectStatus) {
        object = status.object.rawValue
        description = status.text
        state = status.state.rawValue
        detail = status.detail
    }
}

/// The result of `plan`, `apply` and `down`.
struct OperationsJSON: Encodable {
    /// Whether anything is to be done (`plan`) or was done (`apply`, `down`).
    var changes: Bool
    var operations: [OperationJSON]
    var problems: [ProblemJSON]

    init(_ operations: [Operation], _ problems: [Problem]) {
        changes = !operations.isEmpty
        self.operations = operations.map { OperationJSON($0) }
        self.problems = problems.map { ProblemJSON($0) }
    }
}
