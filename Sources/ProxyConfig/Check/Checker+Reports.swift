import Diagnostics

extension Checker {
    /// The word `index` places behind the keyword, `""` if there is none, as HAProxy sees it.
    func word(_ index: Int) -> String {
        let index = first + index
        return index < lexer.words.count ? lexer.words[index] : ""
    }

    /// The words from `index` places behind the keyword.
    func words(from index: Int) -> ArraySlice<String> { lexer.words.dropFirst(first + index) }

    /// How many words stand behind the keyword.
    var argumentCount: Int { lexer.words.count - first - 1 }

    /// Where a word starts; the end of the line for one that is missing.
    func position(_ index: Int) -> SourcePosition {
        let index = first + index
        let offset = index < lexer.spans.count ? lexer.spans[index].lowerBound : lexer.spans.last?.upperBound ?? 0
        return SourcePosition(line: number, column: offset + 1)
    }

    /// Where a word starts, counted from the header of its section.
    func placeInSection(_ index: Int) -> SourcePosition {
        let place = position(index)
        return SourcePosition(line: place.line - (draft?.position.line ?? 0), column: place.column)
    }

    mutating func error(at index: Int, _ message: String, remedy: String?) {
        report(.error, at: position(index), message, remedy: remedy)
    }

    mutating func warn(at index: Int, _ message: String, remedy: String?) {
        report(.warning, at: position(index), message, remedy: remedy)
    }

    mutating func report(
        _ severity: Diagnostic.Severity,
        at position: SourcePosition,
        _ message: String,
        remedy: String?
    ) {
        // Only the line that is read is at hand; a check of the whole shows its place without the text. A line that
        // may hold a password is never shown.
        let isShown = position.line == number && section != .userlist && word(0) != "stats"
        let diagnostic = Diagnostic(
            severity,
            at: position,
            sourceLine: isShown ? line.raw : nil,
            message,
            remedy: remedy
        )
        diagnostics.append(diagnostic)
        recorded?.note(diagnostic)
    }

    /// - Parameter suggests: HAProxy says what may have been meant; elsewhere only the remedy does.
    mutating func unknownKeyword(in section: String, among names: some Sequence<String>, suggests: Bool = false) {
        let similar = WordFingerprint.nearest(word(0), in: names)
        let question = WordFingerprint.question(suggests ? similar : nil)
        let message =
            switch section {
            case "ring": "unknown statement '\(word(0))'."
            case "log-forward": "unknown keyword '\(word(0))' in log-forward section."
            default: "unknown keyword '\(word(0))' in '\(section)' section\(question)"
            }
        error(
            at: 0,
            message,
            remedy: similar.map { "write '\($0)'" } ?? "remove the line, or move it to the section it belongs to"
        )
    }

    /// Notes something that is passed over; all of it makes one warning.
    mutating func ignore(_ what: String, at index: Int = 0) {
        guard !isInVain else { return }
        let position = position(index)
        if ignoredNames.insert(what).inserted { ignored.append((what, position)) }
        recorded?.note(ignored: what, position)
    }

    /// Complains about words behind the last argument.
    @discardableResult
    mutating func refuseExtra(after most: Int) -> Bool {
        guard argumentCount > most else { return true }
        error(
            at: most + 1,
            "'\(word(0))' cannot handle unexpected argument '\(word(most + 1))'.",
            remedy: "remove what stands behind"
        )
        return false
    }

    /// A number as `atol()` reads it: what is not a number counts as 0, with a warning.
    mutating func integer(at index: Int) -> Int? {
        let text = word(index)
        guard !text.isEmpty else {
            error(at: index, "'\(word(0))' expects an integer argument.", remedy: "write a number")
            return nil
        }
        if let number = Int(text) { return number }
        let number = Self.number(text)
        warn(at: index, "'\(text)' is not a number and counts as \(number)", remedy: "write a number")
        return number
    }

    /// A time in milliseconds; complains and gives nil if it is none.
    mutating func time(at index: Int, of what: String) -> Int? {
        let text = word(index)
        let message: String
        do throws(TimeText.Failure) {
            let time = try TimeText.milliseconds(text)
            if TimeText.hasTail(text) {
                warn(
                    at: index,
                    "unexpected character after the timer value '\(text)'",
                    remedy: "remove what stands behind the unit"
                )
            }
            return time
        } catch {
            message =
                switch error {
                case .empty: "'\(what)' expects an integer value (in milliseconds)"
                case .unexpected(let character): "unexpected character '\(character)' in '\(what)'"
                case .overflow:
                    "timer overflow in argument '\(text)' to '\(what)' (maximum value is 2147483647 ms or ~24.8 days)"
                }
        }
        error(at: index, message, remedy: "write a number and one of us, ms, s, m, h, d: 10s")
        return nil
    }
}
