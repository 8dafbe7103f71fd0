import Appliance
import Diagnostics
import OVF
import Testing

/// Documents that were cut off or damaged on their way: an error with a place, never a crash, never a secret.
@Suite struct BrokenDocumentTests {
    @Test(arguments: ["frontend.ovf-env.xml", "seed000.properties.json"])
    func refusesEveryCutOffDocument(example: String) throws {
        let whole = try exampleBytes(example)
        let end = try #require(whole.lastIndex { $0 > 0x20 })
        for length in 0..<end {
            let error = #expect(throws: DiagnosticsError.self) { try read(Array(whole[..<length]), as: example) }
            let problem = try #require(error?.diagnostics.first)
            #expect(problem.position != nil && problem.remedy != nil)
            #expect(!problem.rendered.contains("example-"), "cut at \(length)")
        }
    }

    @Test(arguments: ["frontend.ovf-env.xml", "seed000.properties.json"])
    func survivesDamage(example: String) throws {
        let whole = try exampleBytes(example)
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SplitMix(state: seed)
        for round in 0..<300 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0 ... .max, using: &generator)
                case 1: bytes.remove(at: index)
                default:
                    bytes.insert(contentsOf: "<>&\"'[]{},:\\ ".utf8.shuffled(using: &generator).prefix(2), at: index)
                }
            }
            do {
                let reading = SettingsReader.read(try read(bytes, as: example))
                let hasError = !reading.errors.isEmpty
                #expect(
                    !reading.diagnostics.map(\.rendered).joined().contains("example-"),
                    "seed \(seed), round \(round)"
                )
                #expect((reading.settings == nil) == hasError, "seed \(seed), round \(round)")
            } catch {
                #expect(error.diagnostics.allSatisfy { $0.severity == .error && $0.remedy != nil })
                #expect(!error.description.contains("example-"), "seed \(seed), round \(round)")
            }
        }
    }

    private func read(_ bytes: [UInt8], as example: String) throws(DiagnosticsError) -> OVFEnvironment {
        example.hasSuffix(".json")
            ? try OVFEnvironment(json: bytes, file: example) : try OVFEnvironment(xml: bytes, file: example)
    }
}

/// A small generator that a seed makes repeatable (Steele, Lea, Flood: SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
