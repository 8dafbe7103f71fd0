internal import Diagnostics
internal import NetworkFiles
internal import NetworkHistory
internal import NetworkState

/// The kernel's network, the host name and the files that go with them, from the files that the step before wrote.
struct NetworkStep: FirstBootStep {
    let name = "network"

    func run(_ context: FirstBootContext) throws -> [String] {
        let result =
            context.filesOnly
            // An image has no history: its first boot begins one.
            ? try NetworkReconciler(files: context.root, kernel: false).apply(NetworkConfiguration.load(context.root))
            : try applier(context).apply(.firstboot).result
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

    private func applier(_ context: FirstBootContext) -> Applier {
        var applier = Applier(context.root)
        applier.asksNeighbours = context.asksNeighbours
        // Until the service starts, the kernel answers for every address of every range on every interface.
        applier.beginsGuard = context.handsOver
        return applier
    }
}
