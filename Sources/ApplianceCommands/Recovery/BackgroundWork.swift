internal import Glibc

/// What a process gives up that works beside a service, for itself and the programs that it starts.
enum BackgroundWork {
    /// Most bytes of memory of its own. The service, its clients and this have 256 MiB in all (MemoryMax of the unit), and
    /// whoever takes too much of that ends by itself, not the service.
    static let memory: rlim_t = 192 << 20
    /// From -1000 to 1000: who goes first where memory ends all the same (proc_pid_oom_score_adj(5)).
    static let score = 500
    /// The last to get a processor but for one.
    static let niceness: CInt = 10

    /// From here on. What the system does not allow is left as it is.
    static func begin() {
        var limit = rlimit(rlim_cur: memory, rlim_max: memory)
        // RLIMIT_DATA, since Linux 4.7 all private memory that can be written to; the constant is of another type.
        _ = setrlimit(__rlimit_resource_t(2), &limit)
        let file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        if file >= 0 {
            let text = "\(score)"
            _ = write(file, text, text.utf8.count)
            close(file)
        }
        _ = nice(niceness)
    }
}
