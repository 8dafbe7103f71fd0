import Addresses
import Files
import NetworkFiles

/// Something to apply, and the same as commands of `ip`.
struct Work {
    var name: String
    /// Where its configuration is.
    var root: String
    /// A configuration that is in effect before the time begins.
    var earlierRoot: String?
    /// The file for `ip -batch`; nil where `ip` has no such work.
    var batch: String?
    /// Seconds.
    var limit: Double
    /// How many times as fast as `ip -batch` at least.
    var must: Double?
    /// Commands that make the machine: adapters as the kernel finds them.
    var preparation = Appliance.preparation

    static func all(in directory: String) throws -> [Work] {
        let appliance = directory + "/appliance"
        let large = directory + "/large"
        try Appliance.configuration().write(Root(appliance))
        try Appliance.large().write(Root(large))
        let small = directory + "/small.batch"
        let many = directory + "/large.batch"
        try AtomicFile.replace(small, with: Appliance.commands)
        try AtomicFile.replace(many, with: Appliance.largeCommands)
        return [
            Work(name: "apply-from-nothing", root: appliance, batch: small, limit: 0.050, must: 0.2),
            Work(name: "apply-no-change", root: appliance, earlierRoot: appliance, limit: 0.010),
            Work(
                name: "apply-10000-routes-1000-rules",
                root: large,
                earlierRoot: appliance,
                batch: many,
                limit: 1,
                must: 1
            ),
            Work(name: "large-no-change", root: large, earlierRoot: large, limit: 0.5),
        ]
    }
}
