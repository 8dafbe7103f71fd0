extension ProxyModel {
    /// Whether there is anything to listen on: a `bind` of a proxy that is not disabled, a `stats socket`, a master, or the
    /// `peers` section of this process.
    ///
    /// - Parameter peer: The name of this process among peers.
    public func listens(as peer: String) -> Bool {
        global.isMasterWorker || !global.statsSockets.isEmpty || forwardsLogs
            || frontends.contains { !$0.isDisabled && !$0.binds.isEmpty }
            || peers.contains { section in section.peers.contains { $0.name == peer } }
    }
}
