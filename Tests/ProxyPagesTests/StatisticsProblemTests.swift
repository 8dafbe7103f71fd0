import ProxyStatistics
import Testing

@testable import ProxyPages

/// The page for who is called at night: what is wrong comes first, or alone.
struct StatisticsProblemTests {
    private static let names = "# pxname,svname,type,status,iid,qcur,lastchg,check_status,check_desc,"

    private static func page(_ rows: [String], _ target: String) -> String {
        let answer = Array(("Pid: 7\n\n" + ([names] + rows).joined(separator: "\n") + "\n\n").utf8)
        let query = StatisticsQuery(target, after: "/")
        let report = PageReport(
            kind: .page(query),
            settings: StatisticsSettings(),
            proxy: "a",
            head: [],
            isChunked: false,
            isHead: false,
            keepsAlive: false,
            isAdmin: true,
            note: PageNote(backend: "a", server: "<STATS>", ending: "LR--")
        )
        var writer = report.writer(answer, description: "")
        var bytes: [UInt8] = []
        while let part = writer.next(enough: 1 << 20) { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The anchors of the rows that are there.
    private static func rows(_ page: String) -> [String] {
        page.matches(of: /<a name="([^"]*\/[^"]*)"/).map { String($0.output.1) }
    }

    private static func problems(_ page: String) -> [String] {
        guard let list = page.split(separator: "<ul class=wrong").dropFirst().first?.split(separator: "</ul>").first
        else { return [] }
        return list.matches(of: /<a href="#([^"]*)">([^<]*)<\/a> ([^<]*)</).map {
            "\($0.output.1) \($0.output.2) \($0.output.3)"
        }
    }

    private static let mixed = [
        "front,FRONTEND,0,OPEN,1,,,,,", "full,FRONTEND,0,FULL,2,,,,,", "full,sock-1,3,WAITING,2,,,,,",
        "good,FRONTEND,0,OPEN,3,,,,,", "good,s1,2,UP,3,0,9,L4OK,,", "good,off,2,MAINT,3,0,9,,,",
        "good,calm,2,no check,3,0,,,,", "good,slow,2,DRAIN,3,0,9,L4OK,,", "good,BACKEND,1,UP,3,0,9,,,",
        "part,s1,2,UP,4,0,9,L4OK,,", "part,s2,2,DOWN,4,0,75,L4CON,Layer4 <problem>,",
        "part,s3,2,UP 1/3,4,0,9,L4TOUT,,", "part,s4,2,DOWN 1/2,4,0,9,L4OK,,", "part,BACKEND,1,UP,4,0,9,,,",
        "wait,s1,2,UP,5,3,9,L4OK,,", "wait,BACKEND,1,UP,5,0,9,,,",
        "dead,s1,2,DOWN,6,0,9,L4CON,,", "dead,off,2,MAINT,6,0,9,,,", "dead,BACKEND,1,DOWN,6,0,90000,,,",
    ]

    @Test func onlyWhatIsWrongIsShown() {
        let page = Self.page(Self.mixed, "/;problems")
        #expect(
            Self.rows(page) == [
                "full/Frontend", "full/+sock-1", "part/s2", "part/s3", "part/s4", "part/Backend", "wait/s1",
                "wait/Backend", "dead/s1", "dead/off", "dead/Backend",
            ]
        )
        // How all are is still told, and the way back is there.
        #expect(page.contains("4 of 6 proxies") && page.contains(">3 up<") && page.contains(">2 down<"))
        #expect(page.contains("\">Show everything</a>") && page.contains(";csv\""))
        #expect(!page.contains(";problems\">Show everything"))
        #expect(Self.problems(page) == [])
    }

    @Test func whatServesNobodyIsNamedFirst() {
        let page = Self.page(Self.mixed, "/")
        #expect(
            Self.problems(page) == [
                "dead/Backend dead/Backend DOWN for 1d1h", "full/Frontend full/Frontend FULL",
                "full/+sock-1 full/sock-1 WAITING",
                "part/s2 part/s2 DOWN for 1m15s, L4CON: Layer4 &lt;problem&gt;", "part/s3 part/s3 UP 1/3, L4TOUT",
                "part/s4 part/s4 DOWN 1/2 for 9s, L4OK", "wait/s1 wait/s1 UP, 3 waiting, L4OK",
                "dead/s1 dead/s1 DOWN for 9s, L4CON",
            ]
        )
        #expect(Self.rows(page).count == Self.mixed.count)
        // Each of them is a place on the page.
        for problem in Self.problems(page) {
            let anchor = problem.prefix { $0 != " " }
            #expect(page.contains("<a name=\"\(anchor)\">"))
        }
        let many = (0..<30).map { "p\($0),s,2,DOWN,\($0),0,1,,," }
        let long = Self.page(many, "/")
        #expect(Self.problems(long).count == 8 && long.contains("Show only what is wrong</a> (22 more)"))
    }

    @Test func nothingIsWrong() {
        let good = Array(Self.mixed[3...8])
        #expect(Self.problems(Self.page(good, "/")) == [] && !Self.page(good, "/").contains("<ul class=wrong"))
        #expect(Self.page(good, "/;problems").contains("Nothing is wrong."))
        #expect(Self.page(good, "/;problems?scope=no").contains("No proxy is shown here."))
    }

    /// One table is as wide as the other: the same number of columns, whatever is in the row.
    @Test func everyRowHasTheSameColumns() {
        for row in Self.page(Self.mixed, "/").split(separator: "<tr class=").dropFirst() {
            let cells = row.prefix(while: { $0 != "\n" }).matches(of: /<t[hd]([^>]*)>/)
            let columns = cells.reduce(0) { sum, cell in
                let span = cell.output.1.firstMatch(of: /colspan=(\d+)/).flatMap { Int($0.output.1) }
                return sum + (span ?? 1)
            }
            // The second line of the head stands beside the empty cell of the first.
            let isSecond = row.contains(">Status<")
            #expect(columns == (isSecond ? 30 : 31), "\(row)")
        }
    }
}
