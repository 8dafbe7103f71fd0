public import Addresses
public import Syscalls

/// Asking a link whether somebody has an address already, before it is claimed: RFC 5227 for IPv4, section 5.4 of
/// RFC 4862 for IPv6.
public enum AddressProbe {
    /// An address, and where it is to be.
    public struct Request: Hashable, Sendable {
        public var address: IPAddress
        /// The interface's index.
        public var interface: Int
        /// The interface's MAC address.
        public var mac: MACAddress

        public init(_ address: IPAddress, interface: Int, mac: MACAddress) {
            self.address = address
            self.interface = interface
            self.mac = mac
        }
    }

    /// When the probes are sent, and how long answers are waited for.
    public struct Timing: Hashable, Sendable {
        public var count: Int
        /// Longest wait before the first, chosen at random: machines that start together do not ask together.
        public var firstDelay: Duration
        /// From one probe to the next, chosen at random.
        public var spacing: ClosedRange<Duration>
        /// From the last probe to the verdict.
        public var wait: Duration

        public init(count: Int, firstDelay: Duration, spacing: ClosedRange<Duration>, wait: Duration) {
            self.count = max(1, count)
            self.firstDelay = firstDelay
            self.spacing = spacing
            self.wait = wait
        }

        /// Three probes within 100 ms and the verdict at 150 ms: hosts of a local network answer within a few
        /// milliseconds.
        public static let fast = Timing(
            count: 3,
            firstDelay: .zero,
            spacing: .milliseconds(50)...(.milliseconds(50)),
            wait: .milliseconds(50)
        )

        /// Section 1.1 of RFC 5227: PROBE_WAIT, PROBE_NUM, PROBE_MIN, PROBE_MAX, ANNOUNCE_WAIT; four to seven seconds.
        public static let rfc5227 = Timing(
            count: 3,
            firstDelay: .seconds(1),
            spacing: .seconds(1)...(.seconds(2)),
            wait: .seconds(2)
        )

        /// From the begin to the first probe.
        func delay(_ random: inout some RandomNumberGenerator) -> Duration {
            Self.random(.zero...firstDelay, &random)
        }

        /// From each probe to the next, and from the last to the verdict.
        func gaps(_ random: inout some RandomNumberGenerator) -> [Duration] {
            (1..<count).map { _ in Self.random(spacing, &random) } + [wait]
        }

        private static func random(
            _ range: ClosedRange<Duration>,
            _ random: inout some RandomNumberGenerator
        ) -> Duration {
            let span = (range.upperBound - range.lowerBound) / Duration.microseconds(1)
            return range.lowerBound + .microseconds(Int64(Double.random(in: 0...1, using: &random) * span))
        }
    }

    /// What came of it.
    public struct Outcome: Hashable, Sendable {
        /// Addresses that another host has, or is about to take, with its MAC address.
        public var conflicts: [IPAddress: MACAddress] = [:]
        /// Interfaces that could not be asked on, by index: nothing is known of their addresses.
        public var failures: [Int: SystemError] = [:]

        public init() {}
    }
}
