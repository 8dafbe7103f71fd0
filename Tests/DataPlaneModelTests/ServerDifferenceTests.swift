@testable import DataPlaneModel
import ProxyConfig
import RuntimeAPI
import Testing

@Suite struct ServerDifferenceTests {
    private static let former = """
        global
          maxconn 10
        backend b
          balance roundrobin
          server s1 10.0.0.1:80 check weight 5
          server s2 10.0.0.2:80

        """

    private static func changes(_ old: String, _ new: String) -> [String]? {
        var text = ""
        for line in former.split(separator: "\n", omittingEmptySubsequences: false) {
            text += line.hasSuffix(old) ? new : String(line)
            text += "\n"
        }
        let changes = ServerDifference.changes(
            from: ConfigurationFile(former, file: "a"),
            to: ConfigurationFile(text, file: "a")
        )
        return changes?.map {
            SetServer($0.server, in: $0.backend, $0.change).words.dropFirst(2).joined(separator: " ")
        }
    }

    @Test(
        arguments: [
            ("none of these", "", []),
            ("server s1 10.0.0.1:80 check weight 5", "server s1 10.0.0.1:80 check weight 6 # more", ["b/s1 weight 6"]),
            ("server s2 10.0.0.2:80", "  server s2 10.0.0.3:81", ["b/s2 addr 10.0.0.3 port 81"]),
            ("server s2 10.0.0.2:80", "  server s2 10.0.0.2:80 disabled", ["b/s2 state maint"]),
            ("server s2 10.0.0.2:80", "  server s2 10.0.0.2:80 weight 3", nil),
            ("server s2 10.0.0.2:80", "  server s2 name.example:80", nil),
            ("server s2 10.0.0.2:80", "  server s3 10.0.0.2:80", nil),
            ("server s2 10.0.0.2:80", "  server s2 10.0.0.2:80 maxconn 3", nil),
            ("server s2 10.0.0.2:80", "  server s2 10.0.0.2:80 unheard-of 3", nil),
            ("server s2 10.0.0.2:80", "", nil),
            ("maxconn 10", "  maxconn 11", nil),
            ("balance roundrobin", "  balance leastconn", nil),
        ] as [(String, String, [String]?)]
    )
    func onlyWhatAProcessCanTake(old: String, new: String, changes: [String]?) {
        #expect(Self.changes(old, new) == changes)
    }
}
