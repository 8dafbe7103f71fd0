internal import ArgumentParser
internal import NetworkState

/// `appliance-net plan`: what `apply` would do.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what apply would do; exit 0 if nothing, 2 if something.",
        discussion: "One line an operation, in the words of ip: + adds, - removes, ~ changes."
    )

    @OptionGroup var options: RootOptions

    @Flag(name: .shortAndLong, help: "Show the lines that change in files.")
    var verbose = false

    func run() throws {
        try NetworkCommand.run(options) { configuration, reconciler in
            let plan = try reconciler.plan(configuration)
            if options.json {
                try Console.json(OperationsJSON(plan.operations, plan.problems))
            } else {
                NetworkCommand.show(plan.operations, details: verbose)
                NetworkCommand.say(plan.problems)
                if plan.isEmpty { Console.say(NetworkCommand.nothing(plan.problems)) }
            }
            return plan.isEmpty && plan.problems.isEmpty ? .ok : .pending
        }
    }
}
