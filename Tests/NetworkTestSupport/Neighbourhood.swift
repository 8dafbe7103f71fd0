public import Files
import TestSupport

/// What is at the other ends of the appliance's cables: another namespace, where the gateways are.
public struct Neighbourhood: Sendable {
    /// Its network namespace.
    public let path: String

    /// Runs a program there.
    @discardableResult
    public func run(_ arguments: String...) throws -> String {
        try TestSupport.run(["nsenter", "--net=" + path] + arguments)
    }
}

/// Runs `body` as ``inAppliance(_:)`` does, with the far ends of the adapters in a namespace of their own, which has the
/// gateways' addresses.
public func inNeighbourhood(_ body: @escaping @Sendable (Root, Neighbourhood) throws -> Void) throws {
    try withNetworkNamespace {
        let others = Neighbourhood(path: try networkNamespacePath())
        try run("ip", "link", "set", "lo", "up")
        try inAppliance { root in
            for (index, gateway) in ["10.13.10.1/24", "10.13.201.1/24", "10.13.200.1/24"].enumerated() {
                let name = "peer\(index)"
                try run("ip", "link", "set", name, "netns", others.path)
                try others.run("ip", "link", "set", name, "up")
                try others.run("ip", "address", "add", gateway, "dev", name)
            }
            try body(root, others)
        }
    }
}
