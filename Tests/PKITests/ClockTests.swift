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
            var request = try disk.request()
            request.now = CertificateClock.now(
                reading: Self.date(year),
                program: CertificateClock.earliest + 120 * day
            )
            #expect(try !disk.ensure(request).isChanged)
        }
    }

    /// A certificate that is younger than the program is no reason to believe anything else of it.
    @Test(arguments: [1970, 2099]) func whatIsYoungerThanTheProgramIsKept(_ year: Int) throws {
        let built = CertificateClock.earliest + 120 * day
        let now = CertificateClock.now(reading: Self.date(year), program: built)
        try withDisk { disk in
            let first = try disk.ensure(now: built + 100 * day)
            var request = try disk.request()
            request.now = now
            let second = try disk.store.ensure(request)
            #expect(!second.isChanged)
            #expect(second.server.fingerprint == first.server.fingerprint)
            #expect(try disk.store.examine(request)?.reason == nil)
            // What is not of dates is mended all the same, by the earliest time that can be.
            request = try disk.request(names: ["lb-02.example.com"])
            request.now = now
            let other = try disk.store.ensure(request)
            #expect(other.issued == .otherNames)
            #expect(other.server.notValidBefore == built - day)
        }
        // As is a CA of an admin.
        let pasted = try Pasted(.ecPKCS8)
        let unset = CertificateClock.now(reading: Self.date(year), program: Date() - 100 * day)
        let authority = try PEMIntake.authority(
            certificate: certificateProperty(pasted.certificate),
            key: keyProperty(pasted.key),
            now: unset
        )
        #expect(authority.notValidBefore > unset.time + Validity.backdating)
    }

    @Test func theTimeIsAtLeastThatOfTheProgram() {
        let built = Self.date(2027)
        func now(_ year: Int, program: Date?) -> CertificateClock.Reading {
            CertificateClock.now(reading: Self.date(year), program: program)
        }
        let late = CertificateClock.Reading(time: Self.date(2028), isTrusted: true)
        #expect(now(2028, program: built) == late)
        #expect(now(2028, program: Self.date(2099)) == late)
        for year in [1970, 2026, 2099] {
            #expect(now(year, program: built) == CertificateClock.Reading(time: built, isTrusted: false))
        }
        #expect(
            now(1970, program: nil) == CertificateClock.Reading(time: CertificateClock.earliest, isTrusted: false)
        )
        #expect(CertificateClock.isPossible(CertificateClock.now().time))
    }

    /// A CA of an admin is taken by a clock that says nothing.
    @Test func datesAreNotRefusedByAClockThatCannotBeRight() throws {
        let pasted = try Pasted(.ecPKCS8)
        for year in [1970, 2099] { #expect(try !pasted.authority(now: Self.date(year)).fingerprint.isEmpty) }
        #expect(throws: PKIError.self) { try pasted.authority(now: Self.date(2040)) }
    }
}
