internal import CLinux
internal import Glibc
internal import Syscalls

/// The programs that the master runs beside its worker, started, replaced and stopped as HAProxy's master does. One that
/// fails is started again with back-off, where HAProxy ends itself with all of its processes.
struct Programs {
    struct Running: Hashable {
        var settings: ProgramSettings
        var pid: Int32
        var startedAt: UInt64
        /// Changes since it was started.
        var reloads = 0
        /// It was told to finish, or its section is gone.
        var isFormer = false
    }

    private(set) var running: [Running] = []
    /// Those that failed, and when they are started again.
    private var failed: [String: (settings: ProgramSettings, delay: RestartDelay)] = [:]

    init(_ running: [Running] = []) { self.running = running }

    /// Brings `wanted` into effect: what is new is started, what is gone or starts at every change is told to finish.
    ///
    /// - Returns: What to say.
    mutating func change(to wanted: [ProgramSettings], now: UInt64) -> [(Talk.Level, String)] {
        var said: [(Talk.Level, String)] = []
        for index in running.indices {
            running[index].reloads += 1
            let program = running[index]
            guard !program.isFormer else { continue }
            let next = wanted.first { $0.name == program.settings.name }
            if next == nil || next?.startsOnReload ?? false {
                kill(program.pid, SIGUSR1)
                running[index].isFormer = true
            }
        }
        failed = [:]
        for program in wanted where !running.contains(where: { !$0.isFormer && $0.settings.name == program.name }) {
            said.append(start(program, now))
        }
        return said
    }

    /// A process has ended; nil if it was none of these.
    mutating func ended(_ pid: Int32, code: Int32, now: UInt64) -> (Talk.Level, String)? {
        guard let index = running.firstIndex(where: { $0.pid == pid }) else { return nil }
        let program = running.remove(at: index)
        let end = ProcessEnd(code)
        if program.isFormer {
            return (.warning, "Former program '\(program.settings.name)' (\(pid)) exited with \(end.words)")
        }
        let words = "Current program '\(program.settings.name)' (\(pid)) exited with \(end.words)"
        // The same as a wish to end: interrupted or terminated.
        if [0, 130, 143].contains(end.code) { return (.warning, words) }
        failedAgain(program.settings, startedAt: program.startedAt, now)
        return (.alert, words)
    }

    /// Starts those again whose time has come.
    mutating func startDue(now: UInt64) -> [(Talk.Level, String)] {
        let due = failed.values.filter { $0.delay.isDue(now) }.map { $0.settings }
        return due.map { start($0, now) }
    }

    /// Milliseconds until ``startDue(now:)`` has something to do; -1 for never.
    func wait(_ now: UInt64) -> Int32 { failed.values.map { $0.delay.wait(now) }.reduce(-1, shorter) }

    /// Tells every one of them; none is started again after that.
    mutating func signal(_ signal: Int32) {
        failed = [:]
        for index in running.indices {
            kill(running[index].pid, signal)
            running[index].isFormer = true
        }
    }

    private mutating func start(_ program: ProgramSettings, _ now: UInt64) -> (Talk.Level, String) {
        do throws(SystemError) {
            let pid = try Self.spawn(program)
            running.append(Running(settings: program, pid: pid, startedAt: now))
            failed[program.name]?.delay.started(at: now)
            return (.notice, "New program '\(program.name)' (\(pid)) forked")
        } catch {
            failedAgain(program, startedAt: now, now)
            return (.alert, "program '\(program.name)' : \(error)")
        }
    }

    private mutating func failedAgain(_ program: ProgramSettings, startedAt: UInt64, _ now: UInt64) {
        var delay = failed[program.name]?.delay ?? RestartDelay(pause: 1000)
        delay.started(at: startedAt)
        delay.died(at: now)
        failed[program.name] = (program, delay)
    }

    private static func spawn(_ program: ProgramSettings) throws(SystemError) -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = program.command.map { strdup($0) }
        arguments.append(nil)
        defer { for text in arguments { free(text) } }
        return try syscall("run \(program.command.first ?? "")") {
            clinux_spawn_as(&arguments, environ, program.user, program.group)
        }
    }
}
