extension Resource {
    /// Every resource under `/services/haproxy/configuration`.
    public static let all: [Resource] = [
        global, defaults, namedDefaults, frontends, binds, backendSwitchingRules, backends, servers, serverTemplates,
        acls,
        logTargets, tcpRequestRules, tcpResponseRules, tcpChecks, httpChecks, stickRules, serverSwitchingRules,
        resolvers,
        nameservers, peers, peerEntries, tables, userlists, users, groups, mailers, mailerEntries, rings, logForwards,
        datagramBinds,
    ]
}
