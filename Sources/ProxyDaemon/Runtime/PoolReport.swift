internal import CLinux
internal import ProxyEngine

/// What `show pools` answers, and what a process that hears SIGQUIT says on standard error.
enum PoolReport {
    static func text(_ report: ProcessReport) -> String {
        let (size, count) = (MemoryBound.slot, Int(report.connections))
        return "Dumping pools usage. Use SIGQUIT to flush them.\n"
            + "  - Pool connection (\(size) bytes) : \(count) allocated (\(count * size) bytes), \(count) used "
            + "(~0 by thread caches), needed_avg \(count), 0 failures, \(report.threads) users\n"
            + "Total: 1 pools, \(count * size) bytes allocated, \(count * size) used (~0 by thread caches).\n"
    }

    /// As HAProxy, which says it and gives back what it does not need.
    static func dump(_ engine: Engine, isQuiet: Bool) {
        if !isQuiet { Talk.write(text(engine.processReport())) }
        clinux_trim_heap()
    }
}
