import Diagnostics

extension Checker {
    /// Reads `log <target> [len N] [format F] [sample R:S] <facility> [<level> [<minimum level>]]`.
    mutating func logTarget() -> LogTarget? {
        let target = word(1)
        if section == .global, target == "global", word(2).isEmpty {
            let message = "log : 'global' is not supported for a global syslog server"
            error(at: 1, message, remedy: "write an address and a facility")
            return nil
        }
        guard !target.isEmpty, !word(2).isEmpty else {
            error(
                at: argumentCount + 1,
                "log : expects <address> and <facility> \(section == .global ? "" : "or global") as arguments",
                remedy: "write a target and a facility: log stdout local0"
            )
            return nil
        }
        guard let destination = logDestination(target) else { return nil }
        var result = LogTarget(destination: destination, facility: .local0)
        var index = 2
        // In this order, as in HAProxy.
        for option in ["len", "format", "sample"] where word(index) == option {
            let value = word(index + 1)
            switch option {
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
            default:
                guard let sample = logSample(value, at: index + 1) else { return nil }
                result.sample = sample
            }
            index += 2
        }
        return logSeverity(result, from: index)
    }

    private mutating func logSeverity(_ target: LogTarget, from index: Int) -> LogTarget? {
        var target = target
        guard let facility = LogTarget.Facility.allCases.first(where: { "\($0)" == word(index) }) else {
            error(
                at: index,
                word(index).isEmpty
                    ? "log : expects <address> and <facility> \(section == .global ? "" : "or global") as arguments"
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
        case _ where text.hasPrefix("ring@"):
            let name = String(text.dropFirst(5))
            // Its section may go while this line stays.
            recorded?.dependsOnOthers = true
            ringReferences.append((name, draft?.name, position(1)))
            return .ring(name)
        default: break
        }
        do throws(AddressText.Failure) {
            let address = try AddressText(text, for: .log, resolve: surroundings.resolver).address
            return Self.isStream(text) ? .stream(address) : .socket(address)
        } catch {
            self.error(at: 1, "log : \(error.message)", remedy: error.remedy)
            return nil
        }
    }

    /// `tcp@`: HAProxy makes a ring of its own for such a line, whose only server is there.
    private static func isStream(_ text: String) -> Bool {
        ["tcp@", "tcp4@", "tcp6@", "stream+", "uxst@"].contains { text.hasPrefix($0) }
    }
}
