import Glibc
import Netlink
import Nftables
import TestSupport
import Testing

@testable import Guard

/// The service takes over what first boot, or the service before it, left; whatever has to be changed of it.
@Suite(.blocking) struct TakeoverTests {
    /// Where somebody else tracks connections, or a table was half taken away, chains come as the tables are taken over:
    /// the kernel refuses them in the transaction that does that.
    @Test(arguments: [
        "", "delete table arp appliance_net",
        "flush chain inet appliance_net input; delete chain inet appliance_net input",
    ])
    func takingOverBringsChains(_ damage: String) throws {
        try TestSite.with { site in
            var state = try site.state()
            try Firewall(.persistent).update(to: state)
            if !damage.isEmpty { try run("nft", damage) }
            try run("nft", "add table inet mine")
            try run("nft", "add chain inet mine i { type filter hook input priority -5; }")
            try run("nft", "add rule inet mine i ct state established accept")
            let service = try Firewall()
            try #require(service.tracksConnections)
            state = try site.state("10.13.200.33:80")
            state.tracksConnections = true
            let (inet, arp) = (GuardRuleset.tables(for: state).first, GuardRuleset.tables(for: state).last)
            try service.update(to: state)
            #expect(try NftablesSocket().table(GuardRuleset.inet) == inet)
            #expect(try NftablesSocket().table(GuardRuleset.arp) == arp)
            let holder = try Firewall().holder()
            #expect(!service.canProtect || holder != nil)
            #expect(try service.plan(state).isEmpty)
            // Of what we did ourselves there is nothing to say.
            #expect(service.othersCame == false)
        }
    }

    /// A difference that the kernel takes for no reason that we know gives way to the whole.
    @Test func whatIsRefusedForGoodIsReplaced() throws {
        try TestSite.with { site in
            let firewall = try Firewall(.persistent)
            try firewall.update(to: try site.state("10.13.200.33:80"))
            let after = try site.state("10.13.200.34:80", "0.0.0.0:81")
            firewall.transact = { (socket, operations) throws(NetlinkError) in
                guard operations.contains(where: { $0.action == .deleteTable }) else {
                    throw NetlinkError(code: EINVAL, action: "changing", object: "nftables")
                }
                try socket.execute(operations)
            }
            try firewall.update(to: after)
            #expect(try NftablesSocket().table(GuardRuleset.inet) == GuardRuleset.tables(for: after).first)
            #expect(try NftablesSocket().table(GuardRuleset.arp) == GuardRuleset.tables(for: after).last)
        }
    }
}
