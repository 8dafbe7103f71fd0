/// One command of HAProxy's runtime API (management guide, 9.3 "Unix Socket commands"), and how its answer is read.
public protocol RuntimeCommand: Sendable {
    associatedtype Answer: Sendable

    /// The words of the command; none is split or joined on its way.
    var words: [String] { get }

    /// What the process's words mean. Words that every command can get, such as that of an unknown command, never come
    /// here.
    ///
    /// - Parameter text: The whole answer without blank lines around it.
    /// - Throws: When the process refused the command, or said what cannot be read.
    func read(_ text: String) throws(RuntimeError) -> Answer
}

/// A command whose success says nothing, or words that nobody needs.
public protocol RuntimeOrder: RuntimeCommand where Answer == Void {
    /// Whether these words, which are not empty, tell of success.
    func isSuccess(_ text: String) -> Bool
}

extension RuntimeOrder {
    public func isSuccess(_ text: String) -> Bool { false }

    public func read(_ text: String) throws(RuntimeError) {
        guard text.isEmpty || isSuccess(text) else { throw RuntimeError(refusal: text) }
    }
}

extension RuntimeCommand {
    /// The line that is sent: blanks, semicolons, backslashes and `<` within a word are escaped, so that no word can
    /// become two, or another command.
    ///
    /// - Throws: For a word that is empty or holds control characters: no line can carry it.
    public func line() throws(RuntimeError) -> String {
        var line = ""
        for word in words {
            let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            guard isPlain else { throw .refused("a runtime command cannot carry an empty word or control characters") }
            if !line.isEmpty { line += " " }
            for scalar in word.unicodeScalars {
                if " ;\\<".unicodeScalars.contains(scalar) { line += "\\" }
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
