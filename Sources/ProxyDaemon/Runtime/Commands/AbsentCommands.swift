internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// Commands of what layer 4 does not have, for those who ask all the same: there is nothing to show.
enum AbsentCommands {
    static let all = [
        RuntimeKeyword("show cache", "show cache", "show cache status", level: .admin) { _ in "" },
        shown("show ssl ca-file", "[<cafile>[:<index>]]", caFiles, level: .operator) { call in
            call[0].isEmpty ? "# filename\n" : "Can't display the CA file : Not found!\n"
        },
        shown("show ssl cert", "[<certfile>]", certificates, level: .operator) { call in
            call[0].isEmpty ? "" : "Can't display the certificate: Not found or the certificate is a bundle!\n"
        },
        shown("show ssl crl-file", "[<crlfile[:<index>>]]", crlFiles, level: .operator) { call in
            call[0].isEmpty ? "# filename\n" : "Can't display the CRL file : Not found!\n"
        },
        shown(
            "show ssl crt-list",
            "[-n] [<list>]",
            "show the list of crt-lists or the content of a crt-list file <list>",
            level: .admin
        ) { call in call[0].isEmpty || call[0] == "-n" ? "" : "didn't find the specified filename\n" },
        shown("show ssl ocsp-response", "[id]", responses) { call in
            call[0].isEmpty ? "" : "Certificate ID does not match any certificate.\n"
        },
        shown("show tls-keys", "[id|*]", "show tls keys references or dump tls ticket keys when id specified") { call in
            switch call[0] {
            case "": "# id (file)\n"
            case "*": "# id secret\n"
            default: "'show tls-keys' unable to locate referenced filename\n"
            }
        },
        shown("show tasks", "", "show running tasks") { call in
            "Running tasks: 0 (\(call.host.serving.settings.threads) threads)\n"
                + "  function                     places     %    lat_tot   lat_avg\n"
        },
        shown("show trace", "[<module>]", "show live tracing state") { call in
            if call[0].isEmpty { return "Supported trace sources and states (.=stopped, w=waiting, R=running) :\n" }
            return call.session.level.allows(.operator) ? "No such trace source" : "Permission denied\n"
        },
        RuntimeKeyword(
            "set dynamic-cookie-key backend",
            "set dynamic-cookie-key backend <bk> <k>",
            "change a backend secret key for dynamic cookies",
            level: .admin
        ) { call in onBackend(call) { call[1].isEmpty ? "String value expected.\n" : noCookies }
        },
        cookie("enable", "enable dynamic cookies on a specific backend"),
        cookie("disable", "disable dynamic cookies on a specific backend"),
    ]

    private static func cookie(_ verb: String, _ meaning: String) -> RuntimeKeyword {
        RuntimeKeyword(
            "\(verb) dynamic-cookie backend",
            "\(verb) dynamic-cookie backend <bk>",
            meaning,
            level: .admin
        ) { call in onBackend(call) { noCookies } }
    }

    private static let noCookies = "Cookies are a matter of HTTP, which no backend speaks.\n"

    private static func onBackend(_ call: RuntimeCall, _ answer: () -> String) -> String {
        if call[0].isEmpty { return "A backend name is expected.\n" }
        return call.host.hasBackend(call[0]) ? answer() : "No such backend.\n"
    }

    private static let caFiles =
        "display the SSL CA files used in memory, or the details of a <cafile>, or a single certificate of index <index> "
        + "of a CA file <cafile>"
    private static let certificates = "display the SSL certificates used in memory, or the details of a file"
    private static let crlFiles =
        "display the SSL CRL files used in memory, or the details of a <crlfile>, or a single CRL of index <index> of "
        + "CRL file <crlfile>"
    private static let responses =
        "display the IDs of the OCSP responses used in memory, or the details of a single OCSP response"

    /// What is asked of TLS and of HAProxy's own parts: there are none.
    private static func shown(
        _ words: String,
        _ arguments: String,
        _ meaning: String,
        level: StatsSocket.Level = .user,
        _ answer: @escaping @Sendable (RuntimeCall) -> String
    ) -> RuntimeKeyword {
        RuntimeKeyword(words, arguments.isEmpty ? words : "\(words) \(arguments)", meaning, level: level) { call in
            answer(call)
        }
    }
}
