internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// `show errors`: requests that were none. Answers of servers are not read.
enum ErrorCommands {
    static let keyword = RuntimeKeyword(
        "show errors",
        "show errors [<px>] [request|response]",
        "report last request and/or response errors for each proxy",
        level: .operator
    ) { call throws(SystemError) in
        var wanted: Int?
        if !call[0].isEmpty {
            let number = call.host.kept.number(of: call[0]) ?? CNumber.int(call[0])
            if number == 0 { return "No such proxy.\n" }
            wanted = number
        }
        let bytes = try call.host.ask(.faults)
        guard let report = try? PageFaultReport(encoded: bytes) else { return "" }
        var text = "Total events captured on [\(date(Clocks.microseconds() / 1000))] : \(report.total)\n"
        if call[1] == "response" { return text }
        for event in report.events {
            guard let number = call.host.kept.number(of: event.frontend), wanted == number || (wanted ?? -1) < 0
            else { continue }
            text += " \n[\(date(event.at))] frontend \(event.frontend) (#\(number)): invalid request\n\(event.text)"
        }
        return text
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `22/Nov/2026:13:05:09.042`
    private static func date(_ milliseconds: UInt64) -> String {
        var time = time_t(milliseconds / 1000)
        var parts = tm()
        localtime_r(&time, &parts)
        func padded(_ value: some BinaryInteger, _ width: Int = 2) -> String {
            let text = "\(value)"
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(parts.tm_mday))/\(months[Int(parts.tm_mon) % 12])/\(1900 + parts.tm_year):"
            + "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))."
            + padded(milliseconds % 1000, 3)
    }
}

extension EncodedSnapshot {
    /// HAProxy's number of the section of a name; nil if there is none.
    func number(of name: String) -> Int? {
        sections.first { section in
            section.frontend.map { frontends[$0].isNamed(name) } ?? false
                || section.backend.map { backends[$0].isNamed(name) } ?? false
        }.map { Int($0.number) }
    }
}
