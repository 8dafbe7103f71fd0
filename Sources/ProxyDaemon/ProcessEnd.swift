internal import Glibc

/// How a process has ended, as HAProxy's master tells it.
struct ProcessEnd: Hashable {
    /// Its exit status; 128 and the number of the signal that ended it.
    let code: CInt

    /// - Parameter status: 256 and the number of the signal that ended it.
    init(_ status: CInt) { code = status > 255 ? status - 256 + 128 : status }

    /// `code 143 (Terminated)`
    var words: String {
        let name = code > 128 ? strsignal(code - 128).map { String(cString: $0) } : nil
        return "code \(code) (\(name ?? "Exit"))"
    }

    /// What the master ends with itself: somebody wanted its workers to end, or interrupted it.
    var status: CInt { code == 143 ? 0 : code }
}
