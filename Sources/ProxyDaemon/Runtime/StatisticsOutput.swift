internal import Glibc
internal import ProxyEngine
internal import ProxyStatistics
internal import Syscalls

/// The answer to `show stat`, part by part as a client reads it: rows are asked for as late as that, too.
struct StatisticsOutput {
    private let selection: StatisticsSelection
    private let host: any RuntimeHost
    private var part: StatisticsPart
    /// ``part`` was not said yet.
    private var isFresh = true
    /// nil: rows are said as they are.
    private var translation: StatisticsTranslation?
    private var hasEnded = false

    init(
        _ selection: StatisticsSelection,
        _ format: StatisticsFormat,
        describes: Bool,
        _ host: any RuntimeHost
    ) throws(SystemError) {
        self.selection = selection
        self.host = host
        part = try Self.ask(host, selection, from: 0, hasHeader: true)
        if format == .plain { return }
        translation = StatisticsTranslation(StatisticsTable(part.rows), format, describes: describes)
    }

    private static func ask(
        _ host: any RuntimeHost,
        _ selection: StatisticsSelection,
        from start: UInt32,
        hasHeader: Bool
    ) throws(SystemError) -> StatisticsPart {
        let answer = try host.ask(.statistics(selection, from: start, hasHeader: hasHeader))
        do throws(MalformedSnapshot) {
            return try StatisticsPart(encoded: answer)
        } catch {
            throw SystemError(code: EPROTO, operation: "read statistics")
        }
    }

    /// The next part, of about so many bytes; nil at the end.
    mutating func next(enough: Int) throws(SystemError) -> [UInt8]? {
        while !hasEnded {
            if let bytes = translation?.next(enough: enough) { return bytes }
            if translation == nil, isFresh {
                isFresh = false
                return part.rows
            }
            guard let start = part.next else {
                hasEnded = true
                return translation?.end()
            }
            part = try Self.ask(host, selection, from: start, hasHeader: translation != nil)
            isFresh = true
            translation?.go(on: StatisticsTable(part.rows))
        }
        return nil
    }
}
