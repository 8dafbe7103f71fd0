internal import ArgumentParser
internal import Doctor
internal import Explanation

/// `appliance-net doctor`: everything that the appliance needs to serve.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything that the appliance needs to serve; exit 0 if nothing failed, 1 if something did.",
        discussion: """
            Files, interfaces, links, gateways, name servers, time, ranges, duplicate addresses, routing, the API's \
            certificate, the services, the servers, the backup. Each finding that is not right names its remedy. Changes nothing \
            without --fix.
            """
    )

    @Flag(
        name: .long,
        help:
            "Mend what can be mended without harm: apply the network, issue the API's certificate anew; say what was done."
    )
    var fix = false

    @OptionGroup var proxy: ProxyOptions

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            let doctor = Doctor {
                try DoctorContext.read(
                    proxy.options.directory,
                    configFile: proxy.path,
                    masterSocket: proxy.masterSocket
                )
            }
            let report = try doctor.run(isFixing: fix)
            if proxy.options.json {
                try Console.json(Result(report))
            } else {
                for line in report.fixes { Console.data("fixed    \(line)") }
                for result in report.results { Self.lines(result).forEach(Console.data) }
                Console.data(Self.summary(report))
            }
            for obstacle in report.obstacles { Console.say(obstacle) }
            return report.isHealthy ? .ok : .failed
        }
    }

    /// `ok       gateways     10.13.200.1: answers on frontend as 00:50:56:00:00:01`
    private static func lines(_ result: DoctorReport.Result) -> [String] {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.utf8.count))
        }
        return result.findings.flatMap { finding in
            let subject = finding.subject == result.name ? "" : finding.subject + ": "
            let line = padded(finding.state.rawValue, 9) + padded(result.name, 13) + subject + finding.message
            return [line] + (finding.remedy.map { ["    remedy: \($0)"] } ?? [])
        }
    }

    private static func summary(_ report: DoctorReport) -> String {
        func words(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
        let warnings = report.count(.warning)
        let rest = warnings == 0 ? "" : ", \(words(warnings, "warning"))"
        return report.isHealthy ? "healthy\(rest)" : "\(words(report.count(.failed), "failure"))\(rest)"
    }

    private struct Result: Encodable {
        struct Check: Encodable {
            var name: String
            var state: String
            var findings: [FindingJSON]
        }

        var healthy: Bool
        var checks: [Check]
        /// What `--fix` did.
        var fixed: [String]
        /// What it could not mend.
        var obstacles: [String]

        init(_ report: DoctorReport) {
            healthy = report.isHealthy
            fixed = report.fixes
            obstacles = report.obstacles
            checks = report.results.map {
                Check(name: $0.name, state: $0.state.rawValue, findings: $0.findings.map { FindingJSON($0) })
            }
        }
    }
}
