/// The processes of a master: the answer to `show proc` (management guide, 9.4.1).
public struct ProcessTable: Sendable, Hashable {
    /// How often the master has reloaded since it started, the failures among them.
    public var reloads: Int
    /// How often the configuration was refused.
    public var failures: Int
    /// Process identifiers of the workers of the current configuration.
    public var workers: [Int]

    /// nil if there is no master in it.
    public init?(_ text: String) {
        var isCurrent = false
        var master: (reloads: Int, failures: Int)?
        workers = []
        for line in text.split(whereSeparator: { $0.isNewline }) {
            if line.hasPrefix("#") {
                isCurrent = line == "# workers"
                continue
            }
            let words = line.split(separator: " ")
            guard words.count >= 3, let process = Int(words[0]), let reloads = Int(words[2]) else { continue }
            if words[1] == "master" {
                let failed = words.firstIndex(of: "[failed:").map {
                    words[($0 + 1)...].first?.prefix { $0 != "]" } ?? ""
                }
                master = (reloads, failed.flatMap { Int($0) } ?? 0)
            } else if words[1] == "worker", isCurrent {
                workers.append(process)
            }
        }
        guard let master else { return nil }
        (reloads, failures) = master
    }
}
