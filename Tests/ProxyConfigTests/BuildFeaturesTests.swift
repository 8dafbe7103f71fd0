import Syscalls
import TestSupport
import Testing

@testable import ProxyConfig

/// The features that `feature()` and `-vv` speak of are those that `haproxy -vv` lists.
@Suite struct BuildFeaturesTests {
    @Test func listsWhatHAProxyLists() throws {
        let said = try Subprocess.run(["/usr/sbin/haproxy", "-vv"]).output.split(separator: "\n")
        let line = try #require(said.first { $0.hasPrefix("Feature list : ") })
        let words = line.split(separator: " ").dropFirst(3).map { String($0) }
        #expect(words.count > 40)
        let (with, without) = (words.filter { $0.hasPrefix("+") }, words.filter { $0.hasPrefix("-") })
        #expect(BuildFeatures.ofHAProxy == Set(with.map { String($0.dropFirst()) }))
        #expect(BuildFeatures.notOfHAProxy == Set(without.map { String($0.dropFirst()) }))
        let ours = BuildFeatures.list.split(separator: " ")
        #expect(Set(ours.map { $0.dropFirst() }) == Set(words.map { $0.dropFirst() }))
        // Nothing is here that HAProxy's list does not know, and all that is here is said.
        #expect(Set(ours.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) }) == BuildFeatures.here)
    }
}
