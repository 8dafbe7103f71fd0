internal import NetworkHistory
internal import NetworkState

/// The kernel's network, from the files that the step before wrote.
struct NetworkStep: FirstBootStep {
    let name = "network"

    func run(_ context: FirstBootContext) throws -> [String] {
        guard !context.filesOnly else { return [] }
        let result = try Applier(context.root).apply(.firstboot).result
        guard result.problems.isEmpty else {
            throw FirstBootError(
                result.problems.map(\.message).joined(separator: "; "),
                remedy: result.problems.map(\.remedy).joined(separator: "; ")
            )
        }
        return result.operations.map(\.description)
    }
}
