import Explanation
import Foundation
import PKI
import Testing

@testable import Doctor

/// What chronyd says of the clock.
@Suite struct TimeCheckTests {
    private static func tracking(_ offset: String, _ leap: String) -> String {
        "0A0D0A01,10.13.10.1,3,1795268122.1,\(offset),0.0,0.1,-12.3,0.0,0.04,0.01,0.02,64.2,\(leap)\n"
    }

    @Test(arguments: [
        ("0.000123", "Normal", Finding.State.ok, "the clock is 0 ms behind, by 10.13.10.1"),
        ("-2.5", "Normal", .warning, "the clock is 2500 ms ahead, by 10.13.10.1"),
        ("90.0", "Normal", .failed, "the clock is 90000 ms behind, by 10.13.10.1"),
        ("0.0", "Not synchronised", .warning, "not synchronised"),
    ])
    func judgesTheOffset(_ offset: String, _ leap: String, _ state: Finding.State, _ message: String) {
        let finding = TimeCheck.finding(tracking: Self.tracking(offset, leap))
        #expect(finding?.state == state)
        #expect(finding?.message == message)
    }

    @Test(arguments: [(0, "1970-01-01T00:00:00Z"), (4_070_908_800, "2099-01-01T00:00:00Z")])
    func noTimeBeforeTheProgramsAndNoneAfterTheirs(_ seconds: Int64, _ shown: String) {
        let clock = CertificateClock.Reading(Date(timeIntervalSince1970: Double(seconds)))
        let finding = ImpossibleTime.finding(clock, shown: seconds)
        #expect(finding?.state == .failed)
        #expect(finding?.message == "it says \(shown), which cannot be right")
        #expect(ImpossibleTime.finding() == nil)
    }

    @Test(arguments: ["", "506 Cannot talk to daemon\n", "a,b,c\n"])
    func anythingElseIsNoAnswer(_ text: String) { #expect(TimeCheck.finding(tracking: text) == nil) }
}
