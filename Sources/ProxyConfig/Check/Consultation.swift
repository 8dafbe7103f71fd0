/// Notes what the surroundings were asked: what they answered need not be so the next time.
final class Consultation: @unchecked Sendable {
    /// A question that can be asked again.
    struct Answer: Sendable, Hashable {
        enum Question: Sendable, Hashable {
            case file(String)
            case emptyFile(String)
            case user(String)
            case group(String)
            /// Of a file of patterns; what it said is a number.
            case contents(String, hasValues: Bool, was: Int)
        }

        var question: Question
        var isTrue: Bool
    }

    // A check is made by one thread.
    var answers: [Answer] = []
    /// A variable or the address of a name was asked for.
    var wasAskedMore = false
    private let surroundings: Surroundings

    init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    /// One with the same surroundings that notes for itself.
    var another: Consultation { Consultation(surroundings) }

    /// True if the answer is still the same.
    func holds(_ answer: Answer) -> Bool { ask(answer.question) == answer.isTrue }

    private func ask(_ question: Answer.Question) -> Bool {
        switch question {
        case .file(let path): surroundings.hasFile(path)
        case .emptyFile(let path): surroundings.isEmptyFile(path)
        case .user(let name): surroundings.hasUser(name)
        case .group(let name): surroundings.hasGroup(name)
        case .contents(let path, let hasValues, let number):
            Self.number(surroundings.contents?(path, hasValues)) == number
        }
    }

    private func noted(_ question: Answer.Question) -> Bool {
        let answer = Answer(question: question, isTrue: ask(question))
        if !answers.contains(answer) { answers.append(answer) }
        return answer.isTrue
    }

    private static func number(_ contents: [UInt8]?) -> Int {
        var hasher = Hasher()
        hasher.combine(contents)
        return hasher.finalize()
    }

    private func noted(
        _ path: String,
        _ hasValues: Bool,
        _ contents: @Sendable (String, Bool) -> [UInt8]?
    ) -> [UInt8]? {
        let result = contents(path, hasValues)
        let answer = Answer(question: .contents(path, hasValues: hasValues, was: Self.number(result)), isTrue: true)
        if !answers.contains(answer) { answers.append(answer) }
        return result
    }

    /// Surroundings that give the same answers, which are noted.
    var noting: Surroundings {
        let surroundings = surroundings
        var noting = surroundings
        noting.variable = { [self] in
            wasAskedMore = true
            return surroundings.variable($0)
        }
        noting.hasUser = { [self] in noted(.user($0)) }
        noting.hasGroup = { [self] in noted(.group($0)) }
        noting.hasFile = { [self] in noted(.file($0)) }
        noting.isEmptyFile = { [self] in noted(.emptyFile($0)) }
        if let contents = surroundings.contents { noting.contents = { [self] in noted($0, $1, contents) } }
        if let resolve = surroundings.resolve {
            noting.resolve = { [self] in
                wasAskedMore = true
                return resolve($0)
            }
        }
        return noting
    }
}
