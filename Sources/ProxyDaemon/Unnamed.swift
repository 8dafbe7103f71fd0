internal import ProxyConfig
internal import ProxyEngine

/// A configuration whose names have no addresses yet. A process without a master is locked in by the time that they change,
/// and reads no file any more.
struct Unnamed: Sendable {
    var model: ProxyModel
    var options: CommandLineOptions
    /// PEM text of the CA files that were read.
    var authorities: [String: String]

    /// What serves with the addresses that names have now: other servers, and all else as it was.
    func named(after kept: EncodedSnapshot) -> (snapshot: EncodedSnapshot, unserved: [LoadedConfiguration.Unserved]) {
        var model = model
        // Only what `resolvers` have found out is new: the C library finds nothing in an empty root.
        var names = NameResolution(lookUp: { _ in nil })
        names.resolve(&model)
        var compiler = SnapshotCompiler(model, options)
        compiler.authorities = authorities
        let snapshot = EncodedSnapshot(compiler.compile(), sharing: kept)
        let named = snapshot.with(kept.settings, frontends: kept.frontends).withPatterns(of: kept)
        return (named, compiler.unserved)
    }
}
