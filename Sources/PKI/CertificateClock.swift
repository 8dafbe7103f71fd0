internal import Files
public import FoundationEssentials
internal import Glibc

/// The time that certificates are reckoned with.
///
/// A machine that has just been made may say 1970, or 2099, until somebody has told it the time. Certificates of such a
/// time would be accepted by nobody; so a time that cannot be right counts as the earliest that can, and is no reason to
/// call a certificate too young or too old. One that is wrong and possible is believed: nothing of the CA depends on it
/// but its end, and the server certificate is issued anew when the clock turns out to have been ahead.
public enum CertificateClock {
    /// No clock that is right shows an earlier time (2026-01-01).
    static let earliest = Date(timeIntervalSince1970: 1_767_225_600)
    /// Nor a later one, as far as this program will be run (2056-01-01).
    static let latest = Date(timeIntervalSince1970: 2_713_910_400)

    /// What the clock says, and whether it can be right.
    public struct Reading: Sendable, Hashable {
        /// The time to reckon with; by a clock that cannot be right, the earliest that it can be.
        public var time: Date
        /// Whether `time` is more than the earliest that it can be.
        public var isTrusted: Bool

        init(time: Date, isTrusted: Bool) {
            self.time = time
            self.isTrusted = isTrusted
        }

        /// Of a clock of which nothing else is known.
        public init(_ shown: Date) { self = CertificateClock.now(reading: shown, program: nil) }
    }

    /// The system's time; where it cannot be right, the time at which this program was built.
    ///
    /// Whether somebody keeps the clock right (adjtimex(2), `STA_UNSYNC`) is not asked: a virtual machine has its time from
    /// its host, and the kernel knows nothing of that.
    public static func now() -> Reading {
        let status = try? AtomicFile.status("/proc/self/exe")
        return now(
            reading: Date(),
            program: status.map { Date(timeIntervalSince1970: Double($0.st_mtim.tv_sec)) }
        )
    }

    /// - Parameters:
    ///   - reading: What the clock says.
    ///   - program: The time of this program's file; nil if it cannot be had.
    static func now(reading: Date, program: Date?) -> Reading {
        let floor = program.map { isPossible($0) ? $0 : earliest } ?? earliest
        let isTrusted = isPossible(reading) && reading >= floor
        return Reading(time: isTrusted ? reading : floor, isTrusted: isTrusted)
    }

    static func isPossible(_ time: Date) -> Bool { (earliest..<latest).contains(time) }

    /// The time, or the earliest that can be right.
    static func effective(_ time: Date) -> Date { isPossible(time) ? time : earliest }
}
