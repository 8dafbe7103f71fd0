import Netlink
import TestSupport
import Testing

/// Every kind of change is heard, IPv4 and IPv6, and loss is told.
@Suite(.blocking) struct MonitorTests {
    @Test func hearsEveryKind() throws {
        try withNetworkNamespace {
            try run("ip", "link", "add", "one", "type", "veth", "peer", "name", "two")
            try run("ip", "link", "set", "lo", "up")
            let monitor = try NetlinkMonitor()
            _ = try monitor.news()
            for command in [
                "link set one up", "link set one down", "link set one name new", "link set new mtu 1400",
                "link add three type bridge",
                "address add 10.1.0.1/24 dev lo", "address delete 10.1.0.1/24 dev lo",
                "-6 address add fd00::1/64 dev lo nodad", "-6 address delete fd00::1/64 dev lo",
                "route add local 10.9.0.0/24 dev lo table 7", "route delete local 10.9.0.0/24 dev lo table 7",
                "-6 route add local fd00:9::/64 dev lo table 7", "-6 route delete local fd00:9::/64 dev lo table 7",
                "rule add from 10.1.0.0/24 lookup 7", "rule delete from 10.1.0.0/24 lookup 7",
                "-6 rule add from fd00::/64 lookup 7", "-6 rule delete from fd00::/64 lookup 7",
            ] {
                try run("sh", "-c", "ip " + command)
                let news = try monitor.news()
                #expect(news.count > 0, "\(command)")
                #expect(!news.isIncomplete)
            }
            try run(
                "sh",
                "-c",
                "echo 0 > /proc/sys/net/ipv4/conf/new/rp_filter; echo 2 > /proc/sys/net/ipv4/conf/new/rp_filter"
            )
            #expect(try !monitor.news().isEmpty)
        }
    }

    @Test func lossIsTold() throws {
        try withNetworkNamespace {
            try run("ip", "link", "set", "lo", "up")
            let monitor = try NetlinkMonitor(receiveBuffer: 1)
            try run("sh", "-c", "for i in $(seq 200); do echo rule add from 10.1.$i.0/24 lookup 7; done | ip -batch -")
            #expect(try monitor.news().isIncomplete)
            #expect(try monitor.news().isEmpty)
            try run("ip", "rule", "add", "from", "10.2.0.0/24", "lookup", "7")
            #expect(try monitor.news().count == 1)
        }
    }
}
