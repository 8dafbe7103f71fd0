import Addresses
import Diagnostics
import Files
import FoundationEssentials
import Glibc
import NetworkFiles
import NetworkTestSupport
import NetworkWatch
import PKI
import Synchronization
import Syscalls
import TestSupport
import Testing

@testable import ApplianceCommands

/// The part of the service that keeps the certificates.
@Suite(.blocking) struct CertificateKeeperTests {
    private final class Clock: Sendable {
        private let time: Mutex<Date>

        init(_ time: Date) { self.time = Mutex(time) }

        var now: Date { time.withLock { $0 } }

        func set(_ time: Date) { self.time.withLock { $0 = time } }
    }

    private static let start = Date(timeIntervalSince1970: 1_795_262_400)
    private static let day = 86400.0

    /// Waits for the part's thread, and lets it tell.
    private static func hear(_ keeper: CertificateKeeper, at now: Duration) throws -> [String] {
        let bell = try #require(keeper.descriptors.first)
        var poll = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
        #expect(Glibc.poll(&poll, 1, 20_000) == 1)
        keeper.hear(bell, at: now)
        return keeper.takeWishes().compactMap { if case .log(_, let text) = $0 { text } else { nil } }
    }

    /// What others have done to the files is heard of, and told.
    private static func hearFiles(_ keeper: CertificateKeeper, at now: Duration) throws -> [String] {
        var poll = pollfd(fd: keeper.descriptors[1], events: Int16(POLLIN), revents: 0)
        #expect(Glibc.poll(&poll, 1, 20_000) == 1)
        keeper.hear(keeper.descriptors[1], at: now)
        return try hear(keeper, at: now)
    }

    /// Whoever changes them: it is told at once, and what is not right is mended when they have had the time to.
    @Test func whatOthersDoIsLookedAtAtOnceAndMendedLater() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try TestAppliance.writeFiles(root)
            let configuration = try NetworkConfiguration.load(root)
            let store = PKIStore(root: root)
            let keeper = try CertificateKeeper(store) { .init(Self.start) }
            keeper.applied(configuration, at: .zero)
            #expect(try Self.hear(keeper, at: .zero) == [])

            var request = try CertificateRequest(configuration, now: .init(Self.start))
            let first = try store.ensure(request)
            #expect(try Self.hearFiles(keeper, at: .seconds(1)) == [])
            #expect(keeper.status.first?.json.contains(first.authority.fingerprint) == true)
            #expect(keeper.status.first?.json.contains("\"renewal\":\"2027-08-12T") == true)
            #expect(keeper.problems == [] && keeper.deadline == CertificateKeeper.interval)

            // Before anything is heard of, too.
            request.change = .beginRotation(nil)
            _ = try store.ensure(request)
            request.change = .finishRotation
            let second = try store.ensure(request)
            #expect(keeper.status.first?.json.contains(second.authority.fingerprint) == true)
            _ = try Self.hearFiles(keeper, at: .seconds(2))

            // A key that an admin has copied, and its certificate not yet.
            let (certificate, key) = (root[PKIPaths.serverCertificate], root[PKIPaths.serverKey])
            let good = try AtomicFile.read(key)
            let other = try AtomicFile.read(root[PKIPaths.caKey])
            try AtomicFile.replace(key, with: other)
            #expect(try Self.hearFiles(keeper, at: .seconds(10)) == [])
            let problem =
                "the API's certificate is issued anew in a minute, because key and certificate did not belong together"
            #expect(keeper.problems == [problem])
            #expect(try AtomicFile.read(key) == other)
            #expect(keeper.deadline == .seconds(10) + CertificateKeeper.retry)
            try AtomicFile.replace(key, with: good)
            #expect(try Self.hearFiles(keeper, at: .seconds(20)) == [] && keeper.problems == [])
            try AtomicFile.remove(certificate)
            #expect(try Self.hearFiles(keeper, at: .seconds(30)) == [])
            keeper.timer(at: .seconds(30) + CertificateKeeper.retry)
            let log = try Self.hear(keeper, at: .seconds(90))
            #expect(log.last == "certificates: the API's certificate was issued anew, because there was none")
            #expect(keeper.problems == [])
            #expect(keeper.deadline == .seconds(90) + CertificateKeeper.interval)
        }
    }

    @Test func looksInTimeAndWhenTheClockIsSet() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try TestAppliance.writeFiles(root)
            var configuration = try NetworkConfiguration.load(root)
            let store = PKIStore(root: root)
            let clock = Clock(Self.start)
            let keeper = try CertificateKeeper(store) { .init(clock.now) }

            // A CA is not made here.
            keeper.applied(configuration, at: .zero)
            #expect(try Self.hear(keeper, at: .zero) == [])
            #expect(try !store.hasAuthority)
            #expect(keeper.status.isEmpty)
            let first = try store.ensure(CertificateRequest(configuration, now: .init(Self.start)))

            // Each hour, though nothing happens.
            #expect(keeper.deadline == CertificateKeeper.interval)
            keeper.timer(at: CertificateKeeper.interval)
            #expect(try Self.hear(keeper, at: CertificateKeeper.interval) == [])
            #expect(keeper.status.first?.json.contains("\"renewal\":\"2027-08-12T") == true)

            // Two thirds have passed; then the clock turns out to have been ahead.
            let issued =
                "certificates: the API's certificate was issued anew, because two thirds of its life had passed"
            for time in [first.server.renewalDate, Self.start] {
                clock.set(time)
                keeper.hear(try #require(keeper.descriptors.last), at: .seconds(7200))
                #expect(try Self.hear(keeper, at: .seconds(7200)).last == issued)
            }
            // A configuration that is the same is no reason, another is.
            let deadline = keeper.deadline
            keeper.applied(configuration, at: .seconds(9000))
            #expect(keeper.deadline == deadline)
            configuration.appliance.certificates = .init(names: ["lb.corp.example"])
            keeper.applied(configuration, at: .seconds(9000))
            let log = try Self.hear(keeper, at: .seconds(9000))
            #expect(
                log.last == "certificates: the API's certificate was issued anew, because addresses or names changed"
            )
            #expect(keeper.problems == [])

            // What cannot be done is told, and tried again soon.
            let file = root[PKIPaths.caCertificate]
            let good = try AtomicFile.read(file)
            try AtomicFile.replace(file, with: "damaged\n")
            keeper.timer(at: .seconds(20000))
            #expect(try Self.hear(keeper, at: .seconds(20000)) == [])
            #expect(
                keeper.problems.first?.contains("/etc/haproxy/ca.crt: it holds text without any BEGIN line") == true
            )
            #expect(keeper.deadline == .seconds(20000) + CertificateKeeper.retry)
            try AtomicFile.replace(file, with: good)
            clock.set(first.authority.notValidAfter - 80 * Self.day)
            keeper.timer(at: .seconds(20060))
            _ = try Self.hear(keeper, at: .seconds(20060))
            #expect(keeper.problems.first?.contains("appliance-net cert rotate-ca makes the next one") == true)
        }
    }

    /// It does not wait for ever for somebody who never ends, and says so.
    @Test func whoeverHoldsThemIsToldOf() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try TestAppliance.writeFiles(root)
            let configuration = try NetworkConfiguration.load(root)
            var store = PKIStore(root: root)
            _ = try store.ensure(CertificateRequest(configuration, now: .init(Self.start)))
            store.patience = .zero
            try PKIStore(root: root).alone {
                let report = CertificateKeeper.look(store, configuration, .mending, now: .init(Self.start))
                #expect(report.isFailed)
                #expect(report.problems.first?.hasPrefix("certificates: another process that changes") == true)
            }
        }
    }

    /// What nobody knows yet is no reason to issue a certificate without it.
    @Test func aLeaseThatIsNotKnownYetChangesNothing() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try TestAppliance.writeFiles(root)
            let written = try NetworkConfiguration.load(root)
            var leasing = written
            for index in leasing.appliance.interfaces.indices { leasing.appliance.interfaces[index].address = nil }
            let store = PKIStore(root: root)
            _ = try store.ensure(CertificateRequest(written, now: .init(Self.start)))
            #expect(try !store.ensure(CertificateRequest(leasing, now: .init(Self.start))).isChanged)
            // It is renewed with the names that it had.
            let later = Self.start + 300 * Self.day
            #expect(try store.ensure(CertificateRequest(leasing, now: .init(later))).issued == .age)
            #expect(try !store.ensure(CertificateRequest(written, now: .init(later))).isChanged)
        }
    }

    @Test func theServiceKeepsThem() throws {
        try inAppliance { root in
            let configuration = try NetworkConfiguration.load(root)
            let store = PKIStore(root: root)
            let first = try store.ensure(CertificateRequest(configuration, now: CertificateClock.now()))
            let service = try WatchProcess(root: root.prefix)
            #expect(eventually { service.notes() == [WatchTests.ready] }, "\(service.log)")
            let settings = root[ApplianceFile.path]
            let text = try AtomicFile.readText(settings) ?? ""
            try AtomicFile.replace(settings, with: text + "\n[certificates]\nnames = [\"lb.corp.example\"]\n")
            let server = root[PKIPaths.serverCertificate]
            func names() throws -> String {
                try run("openssl", "x509", "-in", server, "-noout", "-ext", "subjectAltName")
            }
            #expect(try eventually { try names().contains("DNS:lb.corp.example") }, "\(service.log)")
            let line = "certificates: the API's certificate was issued anew, because addresses or names changed\n"
            #expect(eventually { service.log.contains(line) })
            try run("openssl", "verify", "-CAfile", root[PKIPaths.caCertificate], server)
            /// Each of them, in one answer of each command; nil if one names two CAs, or two ends.
            func told() throws -> [String] {
                let status = try WatchTests.program(root.prefix, "status", "--json").output
                let told = try run(
                    "jq",
                    "-r",
                    """
                    .service.certificates as $s | .appliance.certificates as $a
                    | [$s.ca_fingerprint, $a.ca_sha256], [$s.ca_not_after, $a.ca_expires],
                      [$s.server_not_after, $a.server_expires] | unique | join(" ")
                    """,
                    input: status
                )
                return told.split(separator: "\n").map { String($0) }
            }
            #expect(try told().first == first.authority.fingerprint)
            // What the commands do is told by whoever is asked after them.
            for arguments in [["renew"], ["rotate-ca"], ["rotate-ca", "--finish"]] {
                #expect(try RecoveryCommandTests.program(["cert"] + arguments + ["--root", root.prefix]).status == 0)
                let summary = try #require(try store.summary())
                let wanted = [
                    summary.authority.fingerprint, UTCTime(summary.authority.notAfter).rfc3339,
                    UTCTime(try #require(summary.server).notAfter).rfc3339,
                ]
                #expect(try told() == wanted)
            }
            let metrics = try WatchTests.program(root.prefix, "status", "--metrics").output
            let end = Int(try #require(try store.summary()).authority.notAfter.timeIntervalSince1970)
            #expect(
                metrics.contains("\nappliance_net_certificate_end_seconds{certificate=\"ca\"} \(end)\n"),
                "\(metrics)"
            )
        }
    }
}
