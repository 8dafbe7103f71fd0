import Addresses
import Files
import NetworkFiles

/// Something to apply, and the same with `ip`.
struct Work {
    var name: String
    /// Where its configuration is.
    var root: String
    /// A configuration that is in effect before the time begins.
    var earlierRoot: String?
    /// Without what the program does around the engine (lock, history): `ip` has nothing like it.
    var isEngineAlone = false
    /// What does the same with `ip`; nil where `ip` has no such work.
    var other: [String]?
    /// What ``other`` is called.
    var otherName = "ip -batch"
    /// Seconds; nil: said, and no row.
    var limit: Double?
    /// How many times as fast as ``other`` at least; nil: said, and no row.
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
        let whole = directory + "/large.sh"
        try AtomicFile.replace(small, with: Appliance.commands)
        try AtomicFile.replace(many, with: Appliance.largeCommands)
        try AtomicFile.replace(whole, with: script(batch: many, in: directory))
        return [
            Work(name: "apply-from-nothing", root: appliance, other: ["ip", "-batch", small], limit: 0.050),
            Work(name: "apply-no-change", root: appliance, earlierRoot: appliance, limit: 0.010),
            Work(
                name: "apply-10000-routes-1000-rules",
                root: large,
                earlierRoot: appliance,
                other: ["ip", "-batch", many],
                limit: 1
            ),
            Work(
                name: "engine-10000-routes-1000-rules",
                root: large,
                earlierRoot: appliance,
                isEngineAlone: true,
                other: ["sh", whole],
                otherName: "ip, listing before and after",
                must: 1
            ),
            Work(name: "large-no-change", root: large, earlierRoot: large),
        ]
    }

    /// What we do, as somebody would do it with `ip`: list what is there, change, list again to see that it is so.
    private static func script(batch: String, in directory: String) -> String {
        let list = """
            ip -Numeric address show >\(directory)/addresses
            ip -Numeric route show table all >\(directory)/routes
            ip -Numeric rule show >\(directory)/rules

            """
        return "set -e\n\(list)ip -batch \(batch)\n\(list)"
    }
}
