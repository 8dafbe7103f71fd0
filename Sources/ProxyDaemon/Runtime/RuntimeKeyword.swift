internal import ProxyConfig
internal import Syscalls

/// A command of a stats socket (management guide, 9.3): the words it begins with, what `help` says of it, who may say it, and
/// what it does. Families of commands are files of their own under `Commands`, with a line each in ``RuntimeKeywords``.
struct RuntimeKeyword: Sendable {
    typealias Answer = @Sendable (RuntimeCall) throws(SystemError) -> String
    typealias LongAnswer = @Sendable (RuntimeCall) throws(SystemError) -> RuntimeOutput

    let words: [String]
    /// `show info [desc|json|typed|float]*`
    let usage: String
    let meaning: String
    let level: StatsSocket.Level
    /// `help` does not tell of it.
    let isHidden: Bool
    /// It is there for sessions in that mode only.
    let mode: RuntimeMode?
    /// Its text ends with a newline, unless HAProxy's does not; an empty line follows it.
    let answer: LongAnswer

    /// - Parameter words: Separated by blanks.
    init(
        _ words: String,
        _ usage: String,
        _ meaning: String,
        level: StatsSocket.Level = .user,
        isHidden: Bool = false,
        mode: RuntimeMode? = nil,
        _ answer: @escaping Answer
    ) {
        self.init(words, usage, meaning, level: level, isHidden: isHidden, mode: mode) { (call) throws(SystemError) in
            RuntimeOutput(try answer(call))
        }
    }

    init(
        _ words: String,
        _ usage: String,
        _ meaning: String,
        level: StatsSocket.Level = .user,
        isHidden: Bool = false,
        mode: RuntimeMode? = nil,
        long answer: @escaping LongAnswer
    ) {
        self.words = words.split(separator: " ").map { String($0) }
        self.usage = usage
        self.meaning = meaning
        self.level = level
        self.isHidden = isHidden
        self.mode = mode
        self.answer = answer
    }

    /// Its line of `help`.
    var helpLine: String {
        let padding = String(repeating: " ", count: max(0, 40 - usage.utf8.count))
        return "  \(usage)\(padding): \(meaning)\n"
    }
}

/// A command that somebody gave.
struct RuntimeCall {
    /// The words behind those of the keyword.
    let arguments: [String]
    /// What followed a line that ended with `<<`; nil without one.
    let payload: String?
    let session: RuntimeSession
    let host: any RuntimeHost

    /// The argument at a place; empty if there is none, as HAProxy has it.
    subscript(_ index: Int) -> String { index < arguments.count ? arguments[index] : "" }
}
