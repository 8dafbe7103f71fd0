/// What the configurations of many comparisons begin with.
enum ConfigurationHead {
    /// One thread, a socket where everything may be asked, and time-outs that play no part.
    static func asked(at socket: String) -> String {
        """
        global
          stats socket \(socket) level admin
          nbthread 1
        defaults
          mode tcp
          timeout connect 60s
          timeout client 60s
          timeout server 60s
        """
    }
}
