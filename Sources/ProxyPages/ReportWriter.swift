internal import ProxyStatistics

/// Makes the bytes of a report part by part, as the client takes them.
public struct ReportWriter: Sendable {
    private enum Source: Sendable {
        case lines(StatisticsLines)
        case rows(StatisticsRows)
        /// nil when all of it was said.
        case translation(StatisticsTranslation?, StatisticsFilter, StatisticsTable)
        case page(StatisticsPage)
        case metrics(MetricsWriter)
    }

    private var source: Source
    private let isChunked: Bool
    private var hasEnded: Bool

    fileprivate init(_ report: PageReport, _ answer: [UInt8], _ description: String) {
        isChunked = report.isChunked
        hasEnded = report.isHead
        switch report.kind {
        case .metrics(let query): source = .metrics(MetricsWriter(answer, query))
        case .page(let query):
            let filter = StatisticsFilter(report, query)
            switch query.format {
            case .page: source = .page(StatisticsPage(answer, report, query, filter, description: description))
            case .csv: source = .rows(StatisticsRows(Self.table(answer), filter))
            case .typed, .json:
                let table = Self.table(answer)
                let format: StatisticsFormat = query.format == .json ? .json : .typed
                source = .translation(StatisticsTranslation(table, format), filter, table)
            case .schema: source = .lines(StatisticsLines(answer))
            }
        }
    }

    private static func table(_ answer: [UInt8]) -> StatisticsTable {
        StatisticsTable(Array(answer[StatisticsTable.start(in: answer)...]))
    }

    /// The next part; nil when all is said.
    ///
    /// - Parameter enough: Bytes that a part has about.
    public mutating func next(enough: Int) -> [UInt8]? {
        if hasEnded { return nil }
        var part: [UInt8] = []
        part.reserveCapacity(enough + enough / 4)
        switch source {
        case .lines(var lines):
            lines.add(to: &part, enough: enough)
            source = .lines(lines)
        case .rows(var rows):
            rows.add(to: &part, enough: enough)
            source = .rows(rows)
        case .translation(var translation, let filter, let table):
            if let rows = translation?.next(enough: enough, where: { filter.shows($0, of: table) }) { part += rows }
            if translation?.isAtEnd == true {
                part += translation?.end() ?? []
                translation = nil
            }
            source = .translation(translation, filter, table)
        case .page(var page):
            page.add(to: &part, enough: enough)
            source = .page(page)
        case .metrics(var metrics):
            metrics.add(to: &part, enough: enough)
            source = .metrics(metrics)
        }
        hasEnded = part.isEmpty
        guard isChunked else { return hasEnded ? nil : part }
        if hasEnded { return Array("0\r\n\r\n".utf8) }
        let head = Array((String(part.count, radix: 16, uppercase: true) + "\r\n").utf8)
        return head + part + [13, 10]
    }
}

extension PageReport {
    /// What is asked for to make it, as on a stats socket.
    public var question: String {
        guard case .page(let query) = kind else { return "show info;show stat;show table" }
        // Addresses and the like are for those who may do more than look, or where they are to be shown.
        let level = settings.showsLegends ? "" : "user;"
        return switch query.format {
        case .page: "show info;\(level)show stat"
        case .csv, .typed, .json: "\(level)show stat"
        case .schema: "show schema json"
        }
    }

    /// - Parameters:
    ///   - answer: To ``question``.
    ///   - description: Of the process.
    public func writer(_ answer: [UInt8], description: String) -> ReportWriter {
        ReportWriter(self, answer, description)
    }
}
