/// A line `set-var` or `set-var-fmt` of the section `global`, or a command `set var`: a variable of the process, and what it is set to.
public struct GlobalVariable: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
        case expression(SampleExpression)
        case format(String)
    }

    /// Perhaps with conditions behind it: `proc.a,ifnotset`.
    public var name: String
    public var value: Value

    public struct Failure: Error {
        /// In HAProxy's words.
        public var message: String
    }

    /// What a command says.
    ///
    /// - Parameter isFormat: `text` is a format, no expression.
    public init(command name: String, _ text: String, isFormat: Bool) throws(Failure) {
        try self.init(name, text, isFormat: isFormat, at: .commandLine, Surroundings())
    }

    init(
        _ name: String,
        _ text: String,
        isFormat: Bool,
        at place: SamplePlace,
        _ surroundings: Surroundings
    ) throws(Failure) {
        let keyword = isFormat ? "set-var-fmt" : "set-var"
        // HAProxy makes an action of it.
        let action = "\(keyword)(\(name))"
        var reader = RuleReader([action, text], from: 1, in: nil, places: .init(place), surroundings)
        if let known = RuleAction.all[keyword] {
            do throws(RuleReader.Failure) {
                try reader.read(known, action)
            } catch {
                throw Failure(message: error.message)
            }
        }
        self.name = name
        if let expression = reader.expressions.first { value = .expression(expression) } else { value = .format(text) }
    }
}
