internal import CLinux

/// What a program that ends by a crash leaves behind.
public enum CoreDumps {
    /// From now on there is none of this process, and no one but root looks into its memory: there are passwords and keys
    /// in it (prctl(2), PR_SET_DUMPABLE; RLIMIT_CORE). Programs that it starts have no core dump either.
    public static func forbid() throws(SystemError) {
        try syscall("forbid core dumps") { clinux_forbid_core_dumps() }
    }
}
