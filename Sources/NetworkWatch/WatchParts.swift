public import Files
import Guard

/// The parts that the service of an appliance has.
public enum WatchParts {
    /// In the network namespace of the calling thread; what cannot be had is told, and left out.
    public static func make(_ root: Root, log: (LogLevel, String) -> Void) -> [any WatchPart] {
        func attempt<Part>(_ what: String, _ body: () throws -> Part) -> (part: Part?, failure: String?) {
            do {
                return (try body(), nil)
            } catch {
                log(.warning, "\(what): \(error)")
                return (nil, "\(what): \(error)")
            }
        }
        let claims = attempt("nobody is asked whether addresses are free") { try NeighbourClaims() }.part
        let (firewall, failure) = attempt("nothing is guarded") { try Firewall(listening: true) }
        if let firewall, !firewall.protects {
            log(.warning, "this kernel keeps no tables for their owner: others can flush the guard's")
        }
        let others: [any WatchPart] = claims.map { [$0] } ?? []
        return others + [GuardPart(root, keeper: firewall, claims: claims, obstacle: failure)]
    }
}
