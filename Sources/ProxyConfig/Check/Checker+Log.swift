import Diagnostics

extension Checker {
    /// Reads `log <target> [len N] [format F] [sample R:S] <facility> [<level> [<minimum level>]]`.
    mutating func logTarget() -> LogTarget? {
        let target = word(1)
        guard !target.isEmpty, !word(2).isEmpty else {
            error(
                at: argumentCount + 1,
                "log : expects <address> and <facility>  as arguments",
                remedy: "write a target and a facility: log stdout local0"
            )
            return nil
        }
        guard let destination = logDestination(target) else { return nil }
        var result = LogTarget(destination: destination, facility: .local0)
        var index = 2
        options: while true {
            let value = word(index + 1)
            switch word(index) {
            case "len":
                guard let length = Int(value), (80...65535).contains(length) else {
                    error(
                        at: index + 1,
                        "log : invalid log length '\(value)', must be between 80 and 65535",
                        remedy: "write 80 to 65535"
                    )
                    return nil
                }
                result.length = length
            case "format":
                guard let format = LogTarget.Format(rawValue: value) else {
                    error(
                        at: index + 1,
                        "log : unknown log format '\(value)'",
                        remedy: "write one of " + LogTarget.Format.allCases.map(\.rawValue).joined(separator: ", ")
                    )
                    return nil
                }
                result.format = format
            case "sample":
                guard isSample(value, at: index + 1) else { return nil }
                ignore("'log … sample'", at: index)
            default: break options
            }
            index += 2
        }
        return logSeverity(result, from: index)
    }

    /// `1,2-5:8`: which of so many lines are sent.
    private mutating func isSample(_ text: String, at index: Int) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let size = Int(parts[1]) else {
            error(at: index, "log : Missing sample size", remedy: "write ranges, a colon and a size: 1:2")
            return false
        }
        let most = parts[0].split { $0 == "," || $0 == "-" }.compactMap { Int($0) }.max() ?? 0
        guard most <= size else {
            error(
                at: index,
                "log : sample size \(size) should be greater or equal to \(most) the maximum of the high ranges limits",
                remedy: "write a greater size"
            )
            return false
        }
        return true
    }

    private mutating func logSeverity(_ target: LogTarget, from index: Int) -> LogTarget? {
        var target = target
        guard let facility = LogTarget.Facility.allCases.first(where: { "\($0)" == word(index) }) else {
            error(
                at: index,
                word(index).isEmpty
                    ? "log : expects <address> and <facility>  as arguments"
                    : "log : unknown log facility '\(word(index))'",
                remedy: "write a syslog facility, such as local0"
            )
            return nil
        }
        target.facility = facility
        for (offset, isMinimum) in [(1, false), (2, true)] {
            let text = word(index + offset)
            if text.isEmpty { break }
            guard let level = LogTarget.Level.allCases.first(where: { "\($0)" == text }) else {
                error(
                    at: index + offset,
                    "log : unknown optional \(isMinimum ? "minimum log" : "log") level '\(text)'",
                    remedy: "write one of " + LogTarget.Level.allCases.map { "\($0)" }.joined(separator: ", ")
                )
                return nil
            }
            if isMinimum { target.minimumLevel = level } else { target.level = level }
        }
        guard word(index + 3).isEmpty else {
            error(
                at: index + 3,
                "log : cannot handle unexpected argument '\(word(index + 3))'",
                remedy: "remove what stands behind the levels"
            )
            return nil
        }
        return target
    }

    private mutating func logDestination(_ text: String) -> LogTarget.Destination? {
        switch text {
        case "stdout", "fd@1": return .standardOutput
        case "stderr", "fd@2": return .standardError
        case _ where text.hasPrefix("ring@"): return .ring(String(text.dropFirst(5)))
        default: break
        }
        do throws(AddressText.Failure) {
            return .socket(try AddressText(text, for: .log, resolve: surroundings.resolve).address)
        } catch {
            self.error(at: 1, "log : \(error.message)", remedy: error.remedy)
            return nil
        }
    }
}
