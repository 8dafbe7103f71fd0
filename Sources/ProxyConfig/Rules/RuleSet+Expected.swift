/// What HAProxy 2.6 says that it knows where an action is none.
extension RuleSet {
    /// `'accept', 'reject', 'set-var(*)'`, in HAProxy's order.
    var expected: String {
        names.split { $0 == " " || $0 == "\n" }.map { "'\($0)'" }.joined(separator: ", ")
            .replacing("...", with: "' ... '")
    }

    /// The names of the actions, without what is in parentheses, in the order in which HAProxy looks at them.
    var actionNames: [String] {
        let names = names.split { $0 == " " || $0 == "\n" }.map { String($0.prefix { $0 != "(" && $0 != "." }) }
        // What is no keyword to it comes last.
        let others =
            switch self {
            case .connection, .session, .content: 6
            case .responseContent: 3
            case .request, .response, .afterResponse: 0
            }
        return Array(names[others...] + names[..<others])
    }

    /// Actions that have something in parentheses.
    var actionBeginnings: Set<String> {
        Set(names.split { $0 == " " || $0 == "\n" }.compactMap { $0.hasSuffix("(*)") ? String($0.dropLast(3)) : nil })
    }

    private var names: String {
        switch self {
        case .connection, .session:
            """
            accept reject capture expect-proxy expect-netscaler-cip track-sc0...track-sc2 sc-inc-gpc(*)
            sc-inc-gpc0(*) sc-inc-gpc1(*) sc-set-gpt(*) sc-set-gpt0(*) set-var-fmt(*) set-var(*) unset-var(*)
            set-dst set-dst-port set-mark set-src set-src-port set-tos silent-drop
            """
        case .content:
            """
            accept reject capture expect-proxy expect-netscaler-cip track-sc0...track-sc2 ot-group set-log-level
            set-nice switch-mode use-service sc-inc-gpc(*) sc-inc-gpc0(*) sc-inc-gpc1(*) sc-set-gpt(*)
            sc-set-gpt0(*) send-spoe-group do-resolve(*) set-var-fmt(*) set-var(*) unset-var(*) set-src
            set-src-port set-dst set-dst-port set-mark set-tos silent-drop set-priority-class
            set-priority-offset
            """
        case .responseContent:
            """
            accept close reject ot-group set-log-level set-nice sc-inc-gpc(*) sc-inc-gpc0(*) sc-inc-gpc1(*)
            sc-set-gpt(*) sc-set-gpt0(*) send-spoe-group set-var-fmt(*) set-var(*) unset-var(*) set-mark set-tos
            silent-drop
            """
        case .request:
            """
            wait-for-handshake ot-group set-log-level set-nice use-service sc-inc-gpc(*) sc-inc-gpc0(*)
            sc-inc-gpc1(*) sc-set-gpt(*) sc-set-gpt0(*) send-spoe-group do-resolve(*) cache-use add-acl(*)
            add-header allow auth capture del-acl(*) del-header del-map(*) deny disable-l7-retry early-hint
            normalize-uri redirect reject replace-header replace-path replace-pathq replace-uri replace-value
            return set-header set-map(*) set-method set-path set-pathq set-query set-uri strict-mode tarpit
            track-sc(*) set-timeout wait-for-body set-var-fmt(*) set-var(*) unset-var(*) set-dst set-dst-port
            set-mark set-src set-src-port set-tos silent-drop set-priority-class set-priority-offset
            """
        case .response:
            """
            ot-group set-log-level set-nice sc-inc-gpc(*) sc-inc-gpc0(*) sc-inc-gpc1(*) sc-set-gpt(*)
            sc-set-gpt0(*) send-spoe-group cache-store add-acl(*) add-header allow capture del-acl(*) del-header
            del-map(*) deny redirect replace-header replace-value return set-header set-map(*) set-status
            strict-mode track-sc(*) wait-for-body set-var-fmt(*) set-var(*) unset-var(*) set-mark set-tos
            silent-drop
            """
        case .afterResponse:
            """
            ot-group add-header allow capture del-header replace-header replace-value set-header set-status
            strict-mode set-var-fmt(*) set-var(*) unset-var(*)
            """
        }
    }
}
