internal import Patterns

/// Looks over what ACLs and maps are to be compared with.
struct PatternChecks {
    /// It is none, in HAProxy's words without a full stop.
    struct Failure: Error {
        var message: String
    }

    let surroundings: Surroundings
    /// Why it cannot be followed although it is right.
    private(set) var quarantine: String?

    init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    /// A word of the line.
    mutating func word(_ text: String, _ method: MatchMethod, ignoresCase: Bool) throws(Failure) {
        do throws(MatchPattern.Problem) {
            _ = try MatchPattern(text, method, ignoresCase: ignoresCase, takesShortAddresses: true)
        } catch {
            guard error.isBeyond else { throw Failure(message: error.message) }
            quarantine = quarantine ?? Self.beyond(text)
        }
    }

    /// All lines of a file.
    ///
    /// - Parameters:
    ///   - output: Of a converter; conditions have none.
    mutating func file(
        _ path: String,
        _ method: MatchMethod,
        ignoresCase: Bool,
        hasValues: Bool,
        output: MapLookup.Output? = nil
    ) throws(Failure) {
        guard surroundings.hasFile(path), !path.isEmpty else {
            throw Failure(message: "failed to open pattern file <\(path)>")
        }
        guard let contents = surroundings.contents else { return }
        guard let bytes = contents(path, hasValues) else {
            quarantine = quarantine ?? "the pattern file '\(path)' cannot be read"
            return
        }
        for entry in PatternFile(path, hasValues: hasValues, bytes: bytes).entries {
            let place = "at line \(entry.line ?? 0) of file '\(path)'"
            if let output, let value = entry.value, MapValue(value, output) == nil {
                throw Failure(message: "unable to parse '\(value)' \(place)")
            }
            do throws(MatchPattern.Problem) {
                let takesShort = output == nil
                _ = try MatchPattern(entry.key, method, ignoresCase: ignoresCase, takesShortAddresses: takesShort)
            } catch {
                guard error.isBeyond else { throw Failure(message: "\(error.message) \(place)") }
                quarantine = quarantine ?? Self.beyond(entry.key)
            }
        }
    }

    private static func beyond(_ text: String) -> String {
        "the regular expression '\(text)' describes more than a regular language"
    }
}
