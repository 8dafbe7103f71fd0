import ProxyStatistics
import Testing

@testable import ProxyPages

struct StatisticsTableTests {
    private let text = """
        Name: HAProxy
        Pid: 7

        # pxname,svname,type,status,iid,scur,check_desc,
        a,FRONTEND,0,OPEN,2,1234567,,
        b,s<1>,2,DOWN 1/2,3,5,"said ""no"", then
        left",
        b,BACKEND,1,DOWN,3,,,

        # table: b, type: ip, size:1048576, used:2
        """

    private var answer: [UInt8] { Array((text + "\n\n").utf8) }

    private func report(_ kind: PageReport.Kind) -> PageReport {
        PageReport(
            kind: kind,
            settings: StatisticsSettings(),
            proxy: "a",
            head: [],
            isChunked: false,
            isHead: false,
            keepsAlive: false,
            isAdmin: false,
            note: PageNote(backend: "a", server: "<STATS>", ending: "LR--")
        )
    }

    private func whole(_ kind: PageReport.Kind, enough: Int) -> String {
        var writer = report(kind).writer(answer, description: "")
        var bytes: [UInt8] = []
        while let part = writer.next(enough: enough) { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func fieldsKeepQuotesAndLines() {
        let table = StatisticsTable(Array(answer[StatisticsTable.start(in: answer)...]))
        #expect(table.rows.count == 3)
        #expect(table["check_desc", 1] == "said \"no\", then\nleft")
        #expect(table["svname", 1] == "s<1>" && table["pxname", 2] == "b" && table["scur", 2] == nil)
        #expect(table.number(table.column("scur"), 0) == 1_234_567)
        #expect(StatisticsTable(Array("nothing".utf8)).rows.isEmpty)
    }

    @Test(arguments: [1, 100, 100_000]) func partsMakeTheSameWhole(_ enough: Int) {
        let page = whole(.page(StatisticsQuery("/", after: "/")), enough: enough)
        #expect(page == whole(.page(StatisticsQuery("/", after: "/")), enough: 1 << 30))
        #expect(page.contains("s&lt;1&gt;") && !page.contains("s<1>"))
        #expect(page.contains("<span class=rls>1</span><span class=rls>234</span>567") && page.hasSuffix("</html>\n"))
        let csv = whole(.page(StatisticsQuery("/;csv?scope=b", after: "/")), enough: enough)
        #expect(
            csv.hasPrefix("# pxname,") && csv.hasSuffix("left\",\nb,BACKEND,1,DOWN,3,,,\n") && !csv.contains("a,FRONT")
        )
        guard let query = MetricsQuery("scope=server&scope=sticktable") else {
            Issue.record("no query")
            return
        }
        let metrics = whole(.metrics(query), enough: enough)
        #expect(metrics.contains("haproxy_server_current_sessions{proxy=\"b\",server=\"s<1>\"} 5\n"))
        #expect(metrics.contains("haproxy_server_status{proxy=\"b\",server=\"s<1>\",state=\"DOWN\"} 1\n"))
        #expect(metrics.contains("haproxy_sticktable_used{name=\"b\",type=\"ip\"} 2\n"))
        #expect(!metrics.contains("haproxy_process_"))
    }

    @Test func aBodyComesInChunksThatEnd() {
        var report = report(.page(StatisticsQuery("/;csv", after: "/")))
        report.isChunked = true
        var writer = report.writer(answer, description: "")
        var parts: [String] = []
        while let part = writer.next(enough: 1 << 20) { parts.append(String(decoding: part, as: UTF8.self)) }
        #expect(parts.count == 2 && parts.last == "0\r\n\r\n")
        report.isHead = true
        var none = report.writer(answer, description: "")
        #expect(none.next(enough: 1 << 20) == nil)
    }
}
