import Glibc
import Syscalls

/// A load generator and the servers it loads, for measuring what stands between them.
///
///     lbload respond ADDRESS:PORT…
///     lbload short|keepalive|bulk|idle --target ADDRESS:PORT [--connections N] [--seconds S] [--warm-up S]
///            [--source ADDRESS] [--sources N]
///
/// The generator prints one line of JSON when its time is over; `idle` when all connections are there, and then holds
/// them until its standard input ends.
@main struct Main {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            guard let command = arguments.first else { throw UsageError(text: "which command?") }
            raiseDescriptorLimit()
            if command == "respond" {
                let endpoints = try arguments.dropFirst().map { try Endpoint($0) }
                var responder = try Responder(endpoints, sending: try Responder.makeBulk())
                try responder.run()
            } else if let load = Load(rawValue: command) {
                var generator = try Generator(load, try Options(Array(arguments.dropFirst())))
                print(try generator.run())
            } else {
                throw UsageError(text: "unknown command '\(command)'")
            }
        } catch let error as UsageError {
            say(error.text)
            exit(64)
        } catch {
            say("\(error)")
            exit(1)
        }
    }

    /// As far as it goes: what it does not suffice for fails by itself.
    private static func raiseDescriptorLimit() {
        var limit = rlimit(rlim_cur: 200_000, rlim_max: 200_000)
        if setrlimit(__rlimit_resource_t(7), &limit) == 0 { return }
        getrlimit(__rlimit_resource_t(7), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(7), &limit)
    }

    private static func say(_ text: String) {
        let line = "lbload: \(text)\n"
        write(STDERR_FILENO, line, line.utf8.count)
    }
}

struct UsageError: Error {
    var text: String
}
