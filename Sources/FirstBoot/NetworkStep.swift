internal import Diagnostics
internal import NetworkFiles
internal import NetworkState

/// The kernel's network, from the files that the step before wrote.
struct NetworkStep: FirstBootStep {
    let name = "network"

    func run(_ context: FirstBootContext) throws -> [String] {
        guard !context.filesOnly else { return [] }
        let result = try NetworkReconciler().apply(NetworkConfiguration.load(context.root))
        guard result.problems.isEmpty else {
            var remedies: [String] = []
            for problem in result.problems where !remedies.contains(problem.remedy) { remedies.append(problem.remedy) }
            throw FirstBootError(
                result.problems.map(\.message).joined(separator: "; "),
                remedy: remedies.joined(separator: "; ")
            )
        }
        return result.operations.map(\.description)
    }
}
