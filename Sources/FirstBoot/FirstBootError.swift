/// A step that could not do its work: why, and what to do.
struct FirstBootError: Error, CustomStringConvertible {
    var message: String
    var remedy: String

    init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    var description: String { "\(message) (remedy: \(remedy))" }
}
