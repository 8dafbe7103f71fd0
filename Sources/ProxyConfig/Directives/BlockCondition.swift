/// A condition by itself, as `haproxy -cc` takes it.
public enum BlockCondition {
    /// It is none.
    public struct Failure: Error, Hashable, Sendable {
        /// HAProxy's words.
        public var message: String
    }

    /// Whether the condition holds (configuration manual, section 2.4).
    ///
    /// - Parameter variable: The value of an environment variable.
    public static func holds(
        _ text: String,
        variable: @escaping @Sendable (String) -> String?
    ) throws(Failure) -> Bool {
        do throws(BlockExpression.Failure) {
            return try BlockExpression.evaluate(text, directive: "-cc", variables: Variables(variable))
        } catch {
            let suffix = " in '-cc'"
            let message = error.message
            throw Failure(message: message.hasSuffix(suffix) ? String(message.dropLast(suffix.count)) : message)
        }
    }
}
