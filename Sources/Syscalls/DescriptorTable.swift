internal import CLinux
internal import Glibc

/// The kernel's table of this process's descriptors.
public enum DescriptorTable {
    /// Makes it large enough for so many. By itself it grows by doubling, and where threads share it they wait each time
    /// until every processor has seen it (`expand_files()` of Linux): thousands of sockets would take longer for that than
    /// for all else.
    public static func reserve(_ count: Int) {
        let spare = clinux_open("/dev/null", O_RDONLY, 0)
        guard spare >= 0 else { return }
        // Beyond the limit of descriptors there is nothing to make room for.
        let last = fcntl(spare, F_DUPFD_CLOEXEC, CInt(clamping: count))
        if last >= 0 { close(last) }
        close(spare)
    }
}
