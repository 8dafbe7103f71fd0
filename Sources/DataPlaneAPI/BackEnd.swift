internal import DataPlaneModel
internal import Glibc

/// Who reads haproxy.cfg, and how it is told that there is a new one.
struct BackEnd {
    /// `--master-runtime`
    var masterSocket: String?
    /// `--haproxy-bin`
    var program: String
    /// `--reload-cmd`
    var reloadCommand: String?
    /// `--reload-delay`, in seconds.
    var reloadDelay: Int

    /// Who is told, and who checks before that. Behind a master socket it is whoever answers there: appliance-proxyd, which
    /// takes each change at once, or HAProxy.
    func make() -> (reloader: any Reloader, checker: any ConfigurationChecker) {
        let command = reloadCommand.flatMap { $0.isEmpty ? nil : $0 }
        if let masterSocket {
            let reloader = MasterReloader(path: masterSocket, command: command, delayMilliseconds: delayMilliseconds)
            return (reloader, BackendChecker(reloader, program: program))
        }
        let checker = HAProxyChecker(program: program)
        guard let command else { return (NoReloader(), checker) }
        return (CommandReloader(command, delayMilliseconds: delayMilliseconds), checker)
    }

    /// `CI_DATAPLANE_RELOAD_DELAY_OVERRIDE`, in milliseconds, goes before the option.
    private var delayMilliseconds: Int {
        let override = getenv("CI_DATAPLANE_RELOAD_DELAY_OVERRIDE").flatMap { Int(String(cString: $0)) }
        // No more than a year: a larger number is meant as "never", and must not overflow.
        return max(0, override ?? max(0, min(reloadDelay, 31_536_000)) * 1000)
    }
}
