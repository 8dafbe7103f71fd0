import TestSupport

extension TestAppliance {
    /// Everything that `ip` sees of what programs set in this namespace, to compare before with after.
    ///
    /// What the kernel does by itself comes first: a carrier follows its link with some delay, and the kernel's own IPv6
    /// routes follow the carrier.
    public static func witness() throws -> String {
        try settle()
        return try look()
    }

    /// The witness as it is at this moment.
    public static func look() throws -> String { try run("sh", "-c", filtered) }

    /// The witness once it is `wanted`, or after half a minute.
    public static func witness(wanted: String) throws -> String {
        let deadline = ContinuousClock.now + .seconds(30)
        var now = try look()
        while now != wanted, ContinuousClock.now < deadline { now = try look() }
        return now
    }

    /// Waits until no carrier is still to be heard of, and no IPv6 address is being probed for duplicates.
    public static func settle() throws {
        guard try eventually(seconds: 30, { try run("sh", "-c", isSettled) == "true\n" }) else {
            throw ProgramFailed(arguments: ["settle"], status: 1, text: try run("ip", "address"))
        }
    }

    private static let isSettled = """
        ip -j address | jq '
        all(.[]; (.flags | index("LOWER_UP") | not) or .operstate == "UP" or .operstate == "UNKNOWN")
        and ([.[].addr_info[] | select(.tentative)] | length == 0)'
        """

    /// Without counters, timers, marks that follow the carrier, and multicast routes.
    private static let filtered = """
        set -e
        filter='[.[] | select(.type != "multicast")
            | del(.operstate, .qdisc, .flags, .link_index, .addr_info[]?.valid_life_time, .addr_info[]?.preferred_life_time)
            + {up: (.flags | index("UP") != null)}]'
        for family in -4 -6; do
            ip -j $family rule
            ip -j $family route show table all | jq -c "$filter"
        done
        ip -j address | jq -c "$filter"
        cd /proc/sys/net/ipv4/conf
        grep . */rp_filter */promote_secondaries
        """
}
