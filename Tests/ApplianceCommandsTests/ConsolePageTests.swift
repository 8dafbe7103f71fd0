import Files
import TestSupport
import Testing

@testable import ApplianceCommands

@Suite struct ConsolePageTests {
    private static let overview = Overview(
        version: "0.1.0",
        hostname: "lb1.corp.example",
        interfaces: [
            Overview.Interface(
                role: "management",
                state: "up",
                mac: "00:50:56:b4:0a:c7",
                addresses: ["10.13.10.199/24", "fd00:10::199/64"]
            ),
            Overview.Interface(role: "workload", state: "no-carrier", mac: "00:50:56:b4:ca:fd", addresses: []),
        ],
        api: Overview.API(url: "https://10.13.10.199:5556/", answers: true),
        certificates: Overview.Certificates(
            fingerprint: Array(repeating: "3A", count: 32).joined(separator: ":"),
            authorityExpires: "2036-11-21T12:00:00Z",
            serverExpires: "2027-12-23T12:00:00Z"
        ),
        firstBoot: Overview.FirstBoot(
            state: "failed",
            source: "guestinfo.ovfEnv",
            progress: "11 of 11 steps",
            problems: ["network: the address 10.13.201.10 of workload belongs to another host, 02:00:00:00:00:07"]
        ),
        services: [
            Overview.Service(name: "network", state: "degraded", isRight: false),
            Overview.Service(name: "proxy", state: "up", isRight: true),
        ],
        problems: ["10.13.200.34 is held by another host"]
    )

    @Test func showsEverything() {
        var page = ConsolePage(overview: Self.overview, generated: ("admin", "abcde-fghjk-mnpqr-stuvw"))
        page.isOnScreen = true
        #expect(
            page.lines(width: 80, height: nil).joined(separator: "\n") == """
                appliance-net 0.1.0                                             lb1.corp.example
                --------------------------------------------------------------------------------
                State         failed
                First boot    failed, 11 of 11 steps, properties of guestinfo.ovfEnv
                              ! network: the address 10.13.201.10 of workload belongs to another
                              host, 02:00:00:00:00:07

                management    10.13.10.199/24  fd00:10::199/64  00:50:56:b4:0a:c7
                workload      no address  (no-carrier)  00:50:56:b4:ca:fd

                Log in        Alt-F2, or SSH to 10.13.10.199
                API           https://10.13.10.199:5556/
                API user      admin
                API password  abcde-fghjk-mnpqr-stuvw
                              made by first boot; change it, then this goes
                CA SHA-256    3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:3A:
                              3A:3A:3A:3A:3A:3A:3A:3A:3A:3A
                Certificates  CA's ends 2036-11-21, server's 2027-12-23

                Services      network degraded, proxy up
                              ! 10.13.200.34 is held by another host
                """
        )
    }

    /// SSH is not there yet, the second console is.
    @Test func tellsHowToLogInWithoutAnAddress() {
        var overview = Self.overview
        overview.interfaces[0].addresses = []
        let page = ConsolePage(overview: overview, isOnScreen: true)
        #expect(page.lines(width: 80, height: nil).contains("Log in        Alt-F2"))
        // `status` is read by somebody who has.
        let status = ConsolePage(overview: overview).lines(width: 80, height: nil)
        #expect(!status.contains { $0.hasPrefix("Log in") })
    }

    /// Who waits for the appliance must not take one for ready on which first boot has not begun.
    @Test func nothingIsReadyBeforeFirstBoot() {
        var overview = Self.overview
        overview.problems = []
        overview.services = []
        overview.firstBoot = nil
        #expect(overview.state == .starting)
        overview.services = [Overview.Service(name: "proxy", state: "up", isRight: true)]
        #expect(overview.state == .ready)
        // Packages on a plain Debian: the proxy runs, and nobody has configured the machine.
        overview.isConfigured = false
        #expect(overview.state == .unconfigured)
        overview.firstBoot = Self.overview.firstBoot
        #expect(overview.state == .failed)
    }

    /// Any width and height: no line is longer, no page taller, and what failed is the last to go.
    @Test func fitsAnyScreen() {
        let page = ConsolePage(overview: Self.overview, generated: ("admin", "abcde-fghjk-mnpqr-stuvw"))
        for width in [0, 1, 20, 27, 28, 40, 80, 132, 1000] {
            for height in [0, 1, 2, 3, 5, 10, 24, 50, 1000] {
                let lines = page.lines(width: width, height: height)
                #expect(lines.count <= max(height, 1), "\(width)x\(height)")
                #expect(lines.allSatisfy { $0.count <= max(width, 20) }, "\(width)x\(height)")
                #expect(!lines.isEmpty)
            }
        }
        let small = page.lines(width: 80, height: 10).joined(separator: "\n")
        #expect(small.contains("State         failed"))
        #expect(small.contains("! network: the address 10.13.201.10"))
        #expect(small.contains("https://10.13.10.199:5556/"))
        #expect(!small.contains("Certificates"))
    }

    /// A host name of DHCP's, an error of a foreign program: nothing of it steers the terminal.
    @Test func nothingSteersTheTerminal() {
        var overview = Self.overview
        overview.hostname = "evil\u{1b}[2J\u{7}\nname"
        overview.problems = ["a\u{9b}31mb\u{1b}]0;c\u{7}d – ä"]
        overview.firstBoot?.problems = [String(repeating: "long", count: 500)]
        for line in ConsolePage(overview: overview).lines(width: 40, height: nil) {
            #expect(line.utf8.allSatisfy { (0x20...0x7e).contains($0) })
            #expect(line.count <= 40)
        }
    }

    /// On a terminal of this width every character of a full line is there, and of an older page nothing is left.
    @Test func fillsTheScreen() throws {
        try withTemporaryDirectory { directory in
            var overview = Self.overview
            overview.hostname = String(repeating: "h", count: 60)
            let pages = [Self.overview, overview].map { ConsolePage(overview: $0).lines(width: 80, height: 24) }
            #expect(pages.allSatisfy { page in page.contains { $0.count == 80 } })
            // As the line discipline of a terminal sends it.
            let drawn = pages.map { Screen.drawing($0).replacing("\n", with: "\r\n") }.joined()
            try AtomicFile.replace(directory + "/drawn", with: drawn)
            // libvterm does as the kernel's console: behind a full line the cursor is still on its last column.
            let shown = try run("unterm", "-l", "25", "-c", "80", directory + "/drawn").split(separator: "\n")
            #expect(shown.map { String($0) } == pages[1].filter { !$0.isEmpty })
        }
    }

    @Test(arguments: [
        ("running", [], "starting"), ("complete", [], "ready"), ("complete", ["a problem"], "degraded"),
        ("refused", [], "failed"), ("interrupted", [], "failed"), (nil, [], "starting"),
        (nil, ["a problem"], "degraded"),
    ])
    func theStateFollows(_ firstBoot: String?, _ problems: [String], _ expected: String) {
        var overview = Self.overview
        overview.services = []
        overview.problems = problems
        if let firstBoot { overview.firstBoot?.state = firstBoot } else { overview.firstBoot = nil }
        #expect(overview.state.rawValue == expected)
    }
}
