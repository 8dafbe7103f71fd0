import Files
import Glibc
import NetworkFiles
import NetworkState

/// `bench-net [--rounds N] [--smoke] [--program PATH]`: measures how long `PATH apply --root DIR` takes, with `ip` beside
/// it for the same work, and what `PATH watch` costs while nothing happens. Each measurement is made in a fresh network
/// namespace. Without a program the engine alone is measured, by this one.
///
/// `--smoke` takes one round and judges nothing: it shows that the benchmark runs, on a machine of any speed.
@main struct Main {
    static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            if arguments.first == "apply", let root = arguments.last {
                try NetworkReconciler().apply(try NetworkConfiguration.load(Root(root)))
                return
            }
            let isSmoke = arguments.contains("--smoke")
            let program = value("--program", arguments)
            let benchmark = Benchmark(
                program: [program ?? "/proc/self/exe"],
                rounds: isSmoke ? 1 : value("--rounds", arguments).flatMap { Int($0) } ?? 15,
                watches: program != nil,
                seconds: isSmoke ? 1 : 5
            )
            exit(try benchmark.run() || isSmoke ? 0 : 1)
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
