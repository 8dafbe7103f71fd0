internal import ProxyConfig
internal import ProxyEngine

/// A configuration that was read, checked and compiled: its listeners can be opened, and the rest be done meanwhile.
///
/// It holds what it was made of, too: to free thousands of sections takes as long as to open a part of the listeners.
struct Unencoded: Sendable {
    let values: ProxySnapshot
    /// What runs: what says the same is not encoded again.
    let former: EncodedSnapshot?
    let files: [ConfigurationFile]
    let result: CheckResult
    /// What the check found, before names were resolved.
    let model: ProxyModel
    /// Of the one file, if the next configuration may be read where it differs.
    let text: [UInt8]?

    var snapshot: EncodedSnapshot { EncodedSnapshot(values, sharing: former) }

    var digest: ConfigurationDigest? { text.flatMap { ConfigurationDigest($0, files[0], model, values) } }
}
