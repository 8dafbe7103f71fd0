extension CheckProgram {
    /// What is wrong with a line of `tcp-check` or `http-check` behind the lines `former`; nil if nothing is.
    ///
    /// Lines of `former` that are wrong themselves were told of, and count as absent.
    public static func problem(of words: [String], isHTTP: Bool, after former: [[String]]) -> CheckProblem? {
        if isHTTP, let first = words.first, first == "send-state" || first == "disable-on-404" {
            return words.count > 1
                ? CheckProblem("'\(first)' cannot handle unexpected argument '\(words[1])'.") : nil
        }
        do throws(CheckProblem) {
            _ = try CheckProgram(CheckDefinition(isHTTP ? .http : .tcp, rules: former + [words]))
            return nil
        } catch {
            return error
        }
    }
}
