internal import Diagnostics
public import Explanation
internal import Glibc
internal import PKI

/// A clock that cannot be right, whatever the time is: a machine that nobody has told it says 1970, or 2099. Certificates are not
/// dated by it.
public enum ImpossibleTime {
    /// Of this machine's clock; nil where it may be right.
    public static func finding() -> Finding? { finding(CertificateClock.now(), shown: Int64(time(nil))) }

    /// - Parameter shown: What the clock says, in seconds since 1970.
    static func finding(_ reading: CertificateClock.Reading, shown: Int64) -> Finding? {
        guard !reading.isTrusted else { return nil }
        let remedy = "set the clock of the host, or network.ntp_servers; at once: timedatectl set-time"
        return Finding(.failed, "clock", "it says \(UTCTime(shown).rfc3339), which cannot be right", remedy: remedy)
    }
}
