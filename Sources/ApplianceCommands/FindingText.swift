internal import Explanation

/// A finding for people.
enum FindingText {
    /// `ok       range            10.13.200.32/27`, and the remedy below it.
    static func lines(_ finding: Finding) -> [String] {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.utf8.count))
        }
        let line = padded(finding.state.rawValue, 9) + padded(finding.subject, 17) + finding.message
        return [line] + (finding.remedy.map { ["    remedy: \($0)"] } ?? [])
    }
}

/// A finding as `--json` shows it.
struct FindingJSON: Encodable {
    var state: String
    var subject: String
    var message: String
    var remedy: String?

    init(_ finding: Finding) {
        state = finding.state.rawValue
        subject = finding.subject
        message = finding.message
        remedy = finding.remedy
    }
}
