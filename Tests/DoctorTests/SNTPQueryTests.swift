import Testing

@testable import Doctor

@Suite struct SNTPQueryTests {
    @Test func timesComeBack() {
        // The last one is after the 32 bits of seconds have begun anew.
        for time in [0.5, 1_795_268_122.25, 2_085_978_496.125] {
            #expect(abs(SNTPQuery.time(SNTPQuery.stamp(time)) - time) < 0.000_001)
        }
    }
}
