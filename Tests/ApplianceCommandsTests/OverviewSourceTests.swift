import Synchronization
import Syscalls
import TestSupport
import Testing

@testable import ApplianceCommands

@Suite(.blocking) struct OverviewSourceTests {
    /// The page and the host ask at the same time, and only one of them reads.
    @Test func oneReadsForAll() throws {
        let count = Mutex(0)
        let source = OverviewSource(pace: .seconds(3600)) {
            count.withLock { $0 += 1 }
            return Self.overview(count.withLock { "\($0)" })
        }
        let names = Mutex<[String]>([])
        for _ in 0..<4 {
            try startDetachedThread("ask") {
                let name = source.overview().hostname
                names.withLock { $0.append(name) }
            }
        }
        #expect(eventually { names.withLock { $0 == ["1", "1", "1", "1"] } })
        #expect(count.withLock { $0 } == 1)
    }

    @Test func oneThatIsTooOldIsReadAgain() {
        let count = Mutex(0)
        let source = OverviewSource(pace: .zero) {
            Self.overview(
                count.withLock { count in
                    count += 1
                    return "\(count)"
                }
            )
        }
        #expect(source.overview().hostname == "1")
        #expect(source.overview().hostname == "2")
    }

    private static func overview(_ hostname: String) -> Overview {
        Overview(version: "0.1.0", hostname: hostname, interfaces: [], services: [], problems: [])
    }
}
