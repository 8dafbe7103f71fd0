import Files
import Glibc
import NetworkFiles
import NetworkState

/// `bench-net [--rounds N] --program PATH [ARGUMENT…]`: measures how long `PATH ARGUMENT… --root DIR` takes to apply
/// configurations, with `ip -batch` beside it for the same work. Each measurement is made in a fresh network namespace.
///
/// `bench-net engine --root DIR` applies without anything around the engine, to be measured as a program itself.
@main struct Main {
    static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            if arguments.first == "engine", let root = arguments.last {
                try NetworkReconciler().apply(try NetworkConfiguration.load(Root(root)))
                return
            }
            let rounds = value("--rounds", arguments).flatMap { Int($0) } ?? 15
            let program =
                arguments.firstIndex(of: "--program").map { Array(arguments[($0 + 1)...]) }
                ?? ["/proc/self/exe", "engine"]
            exit(try Benchmark(program: program, rounds: rounds).run() ? 0 : 1)
        } catch {
            say("bench-net: \(error)")
            exit(1)
        }
    }

    private static func value(_ name: String, _ arguments: [String]) -> String? {
        guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
        return arguments[index + 1]
    }
}
