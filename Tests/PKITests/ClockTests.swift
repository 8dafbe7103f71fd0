import Addresses
import FoundationEssentials
import TestSupport
import Testing

@testable import PKI

/// A machine that does not know the time yet.
@Suite(.blocking) struct ClockTests {
    static func date(_ year: Int) -> Date { Date(timeIntervalSince1970: Double(year - 1970) * 365.2425 * day) }

    /// What it makes is valid when the clock is right; what is not is mended then; the CA is never another.
    @Test(arguments: [1970, 2025, 2027, 2031, 2055, 2057, 2099, 9999]) func theFirstBootsClockIsWrong(_ year: Int)
        throws
    {
        try withDisk { disk in
            let first = try disk.store.ensure(disk.request(now: Self.date(year)))
            #expect(first.authority.notValidBefore == CertificateClock.earliest)
            let life = first.server.notValidAfter.timeIntervalSince(first.server.notValidBefore)
            #expect(life == Validity.server)
            // The clock is set.
            let second = try disk.ensure(now: noon)
            #expect(second.authority.fingerprint == first.authority.fingerprint)
            #expect(second.issued == .age)
            #expect((second.server.notValidBefore..<second.server.notValidAfter).contains(noon))
            #expect(try !disk.ensure(now: noon).isChanged)
            #expect(second.authority.notValidAfter > noon + 9 * 365 * day)
        }
    }

    /// An appliance that works is started with a clock that cannot be right: nothing is made anew.
    @Test(arguments: [1970, 2025, 2057, 2099]) func aWrongClockIsNoReason(_ year: Int) throws {
        try withDisk { disk in
            _ = try disk.ensure(now: CertificateClock.earliest + 100 * day)
            // The time at which the program was built is used in its place.
            let now = CertificateClock.now(reading: Self.date(year), program: CertificateClock.earliest + 120 * day)
            #expect(try !disk.ensure(now: now).isChanged)
        }
    }

    @Test func theTimeIsAtLeastThatOfTheProgram() {
        let built = Self.date(2027)
        #expect(CertificateClock.now(reading: Self.date(2028), program: built) == Self.date(2028))
        #expect(CertificateClock.now(reading: Self.date(2026), program: built) == built)
        #expect(CertificateClock.now(reading: Self.date(1970), program: built) == built)
        #expect(CertificateClock.now(reading: Self.date(2099), program: built) == built)
        #expect(CertificateClock.now(reading: Self.date(2028), program: Self.date(2099)) == Self.date(2028))
        #expect(CertificateClock.now(reading: Self.date(1970), program: nil) == CertificateClock.earliest)
        #expect(CertificateClock.isPossible(CertificateClock.now()))
    }

    /// A CA of an admin is taken by a clock that says nothing.
    @Test func datesAreNotRefusedByAClockThatCannotBeRight() throws {
        let pasted = try Pasted(.ecPKCS8)
        for year in [1970, 2099] { #expect(try !pasted.authority(now: Self.date(year)).fingerprint.isEmpty) }
        #expect(throws: PKIError.self) { try pasted.authority(now: Self.date(2040)) }
    }
}
