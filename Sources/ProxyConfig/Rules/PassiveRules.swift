/// Lines of proxies that need no more than a look at their words.
enum PassiveRules {
    private static let integer = "'{k}' expects an integer argument."

    static let all: [ProxyKeyword: ArgumentRule] = [
        .monitorURI: .onlyWord("'{k}' expects an URI."),
        .uniqueIDHeader: .word("{k} expects an argument."),
        .description: .word("'{k}' expects a string argument."),
        .httpReuse: .choice(
            ["never", "safe", "aggressive", "always"],
            "'{k}' only supports 'never', 'safe', 'aggressive', 'always'."
        ),
        .httpSendNameHeader: .word("'{k}' requires a header string."),
        .loadServerState: .choice(
            ["global", "local", "none"],
            "'{k}' expects 'global', 'local' or 'none'. Got '{v}'"
        ),
        .maxKeepAliveQueue: .integer("'{k}' expects expects an integer value (or -1 to disable)"),
        .maxSessionServerConnections: .integer("'{k}' expects a number. Got no argument"),
        .errorloc: errorLocation, .errorloc302: errorLocation, .errorloc303: errorLocation,
        .errorfiles: .word("{k} : expects <name> as argument."),
        .useFastCGI: .word("'{k}' expects <name> as argument"),
        .hashBalanceFactor: .integer(integer), .dynamicCookieKey: .word("'{k}' expects a key."),
        .transparent: .nothing, .serverStateFile: .anything, .bindProcess: .anything,
    ]

    private static let errorLocation = ArgumentRule.word("{k} : expects <status_code> and <url> as arguments.")

    /// The codes that HAProxy has an answer of its own for.
    static let statusCodes: Set<String> = [
        "200", "400", "401", "403", "404", "405", "407", "408", "410", "413", "425", "429", "500", "501", "502", "503",
        "504",
    ]
}
