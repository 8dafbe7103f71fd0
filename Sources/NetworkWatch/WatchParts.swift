public import Files
import Guard

/// The parts that the service of an appliance has.
public enum WatchParts {
    /// In the network namespace of the calling thread; what cannot be had is told, and left out.
    public static func make(_ root: Root, log: (LogLevel, String) -> Void) -> [any WatchPart] {
        func attempt<Part>(_ what: String, _ body: () throws -> Part) -> Part? {
            do {
                return try body()
            } catch {
                log(.warning, "\(what): \(error)")
                return nil
            }
        }
        let claims = attempt("nobody is asked whether addresses are free") { try NeighbourClaims() }
        let firewall = attempt("nothing is guarded") { try Firewall(listening: true) }
        if let firewall, !firewall.canProtect {
            log(.info, "this kernel keeps no tables for their owner: others can flush the guard's")
        }
        let others: [any WatchPart] = claims.map { [$0] } ?? []
        return others + [GuardPart(root, keeper: firewall, claims: claims)]
    }
}
