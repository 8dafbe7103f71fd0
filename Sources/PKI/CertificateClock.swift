internal import Files
public import FoundationEssentials
internal import Glibc

/// The time that certificates are reckoned with.
///
/// A machine that has just been made may say 1970, or 2099, until somebody has told it the time. Certificates of such a
/// time would be accepted by nobody; so a time that cannot be right counts as the earliest that can. One that is wrong
/// and possible is believed: nothing of the CA depends on it but its end, and the server certificate is issued anew when
/// the clock turns out to have been ahead.
public enum CertificateClock {
    /// No clock that is right shows an earlier time (2026-01-01).
    static let earliest = Date(timeIntervalSince1970: 1_767_225_600)
    /// Nor a later one, as far as this program will be run (2056-01-01).
    static let latest = Date(timeIntervalSince1970: 2_713_910_400)

    /// The system's time; where it cannot be right, the time at which this program was built.
    public static func now() -> Date {
        let status = try? AtomicFile.status("/proc/self/exe")
        return now(
            reading: Date(),
            program: status.map { Date(timeIntervalSince1970: Double($0.st_mtim.tv_sec)) }
        )
    }

    /// - Parameters:
    ///   - reading: What the clock says.
    ///   - program: The time of this program's file; nil if it cannot be had.
    static func now(reading: Date, program: Date?) -> Date {
        let floor = program.map { isPossible($0) ? $0 : earliest } ?? earliest
        return isPossible(reading) ? max(reading, floor) : floor
    }

    static func isPossible(_ time: Date) -> Bool { (earliest..<latest).contains(time) }

    /// The time, or the earliest that can be right.
    static func effective(_ time: Date) -> Date { isPossible(time) ? time : earliest }
}
