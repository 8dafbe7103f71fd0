/// `show info`: facts of the process, by HAProxy's names for them.
public struct ShowInfo: RuntimeCommand {
    public let words = ["show", "info"]

    public init() {}

    public func read(_ text: String) throws(RuntimeError) -> [String: String] {
        var facts: [String: String] = [:]
        for line in text.split(whereSeparator: { $0.isNewline }) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            facts[String(line[..<colon])] = String(value)
        }
        guard facts["Version"] != nil || facts["Pid"] != nil else { throw RuntimeError(refusal: text) }
        return facts
    }
}
