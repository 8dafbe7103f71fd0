/// What `haproxy -vv` lists as built in or left out, and what of it is so here.
public enum BuildFeatures {
    /// What Debian's haproxy 2.6 is built with. `feature()` in a file answers by it, so that a file made for it takes the same
    /// branches here: what is not followed of the branch it takes is quarantined or warned of, and the rest serves.
    static let ofHAProxy = words(
        """
        ACCEPT4 BACKTRACE CPU_AFFINITY CRYPT_H DL EPOLL GETADDRINFO LIBCRYPT LINUX_SPLICE LINUX_TPROXY
        LUA NETFILTER NS OPENSSL OT PCRE2 PCRE2_JIT POLL PRCTL PROMEX RT SLZ SYSTEMD TFO THREAD
        THREAD_DUMP TPROXY
        """
    )

    /// What it is built without.
    static let notOfHAProxy = words(
        """
        51DEGREES CLOSEFROM DEVICEATLAS ENGINE EVPORTS KQUEUE MEMORY_PROFILING OBSOLETE_LINKER PCRE
        PCRE_JIT PROCCTL QUIC STATIC_PCRE STATIC_PCRE2 WURFL ZLIB
        """
    )

    /// What is true of this program. Network namespaces are those of `bind`; the syntax of regular expressions is PCRE's, without
    /// looking around; there is no TLS on the data path, and no Lua.
    static let here = words(
        """
        ACCEPT4 CRYPT_H EPOLL GETADDRINFO LIBCRYPT LINUX_SPLICE LINUX_TPROXY NS PCRE2 POLL PRCTL PROMEX
        SYSTEMD TFO THREAD TPROXY
        """
    )

    /// `+ACCEPT4 … -LUA …`: all of HAProxy's, with a plus sign what is here.
    public static var list: String {
        (ofHAProxy.union(notOfHAProxy)).sorted().map { (here.contains($0) ? "+" : "-") + $0 }.joined(separator: " ")
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map { String($0) })
    }
}
