import Diagnostics

extension Checker {
    /// Takes a line that starts with a full stop.
    mutating func checkDirective(_ keyword: String) {
        switch keyword {
        case ".if":
            let isTrue = blocks.isSkipping ? false : condition()
            blocks.begin(isTrue)
        case ".elif":
            let isTrue = blocks.asksElif ? condition() : false
            if let problem = blocks.turn(keyword, isTrue) { refuseDirective(problem) }
        case ".else":
            refuseExtraWord(after: 0)
            if let problem = blocks.turn(keyword, true) { refuseDirective(problem) }
        case ".endif":
            refuseExtraWord(after: 0)
            if let problem = blocks.end() { refuseDirective(problem) }
        case _ where blocks.isSkipping: break
        case ".alert", ".warning", ".notice", ".diag": checkMessage(keyword)
        default: refuseDirective("unknown directive '\(keyword)'.")
        }
    }

    private mutating func checkMessage(_ keyword: String) {
        if argumentCount > 1 {
            error(
                at: 2,
                "Unexpected argument '\(word(2))' for '\(keyword)'. Use quotes if the message should contain spaces.",
                remedy: "put the message into quotes"
            )
            return
        }
        let message = "'\(word(1))'."
        switch keyword {
        case ".alert": error(at: 0, message, remedy: "do what the file's author asks")
        case ".warning": warn(at: 0, message, remedy: nil)
        case ".notice": report(.note, at: position(0), message, remedy: nil)
        default:
            if surroundings.isDiagnosing { report(.note, at: position(0), message, remedy: nil) }
        }
    }

    private mutating func condition() -> Bool {
        let text = words(from: 1).joined(separator: " ")
        do throws(BlockExpression.Failure) {
            return try BlockExpression.evaluate(text, directive: word(0), variables: lexer.variables)
        } catch {
            self.error(
                at: 1,
                "\(error.message) at position \(error.offset + 1):",
                remedy: "see section 2.4 of the manual for what conditions consist of"
            )
            return false
        }
    }

    private mutating func refuseExtraWord(after most: Int) {
        guard argumentCount > most else { return }
        error(at: most + 1, "Unexpected argument '\(word(most + 1))' for '\(word(0))'.", remedy: "remove the word")
    }

    private mutating func refuseDirective(_ problem: String) {
        error(at: 0, problem, remedy: "see section 2.4 of the manual for the order of these lines")
    }

    /// `setenv`, `presetenv`, `unsetenv` and `resetenv` of the global section, for the lines below and for what the
    /// process starts.
    mutating func checkEnvironment() {
        let keyword = word(0)
        switch keyword {
        case "setenv", "presetenv":
            guard !word(2).isEmpty else {
                error(at: argumentCount + 1, "'\(keyword)' expects a name and a value.", remedy: "write both")
                return
            }
            // HAProxy takes further words for nothing.
            let (name, value) = (word(1), word(2))
            guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")) else {
                error(
                    at: 1,
                    "'\(keyword)' failed on variable '\(name)' : Invalid argument.",
                    remedy: "write a name without an equals sign"
                )
                return
            }
            if keyword == "presetenv", lexer.variables[name] != nil { return }
            lexer.variables.set(name, to: value)
        case "unsetenv":
            guard argumentCount > 0 else {
                error(at: 1, "'unsetenv' expects at least one variable name.", remedy: "name a variable")
                return
            }
            for name in words(from: 1) { lexer.variables.unset(name) }
        default:
            lexer.variables.reset(keeping: Set(words(from: 1)))
        }
    }
}
