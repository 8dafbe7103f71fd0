import DataPlaneModel
import Dispatch
import Files
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

/// A proxy that takes its time: until it is told to go on.
private final class SlowReloader: Reloader {
    let begun = DispatchSemaphore(value: 0)
    let goOn = DispatchSemaphore(value: 0)

    func reload() throws(SystemError) -> ReloadAnswer? {
        begun.signal()
        goOn.wait()
        return ReloadAnswer(success: true, text: "kept=0\n")
    }

    func isUp() -> Bool? { true }
}

/// Who reads, who changes, and who edits, at once.
@Suite struct ConcurrencyTests {
    private struct Live {
        let api: DataPlane
        let path: String
        let reloader = SlowReloader()

        init(_ directory: String) throws {
            path = directory + "/haproxy.cfg"
            try AtomicFile.replace(path, with: shipped, mode: 0o640)
            api = try DataPlane(DataPlane.Settings(path: path), checker: ModelChecker(), reloader: reloader)
        }

        func send(_ method: String, _ target: String, _ json: String = "") -> APIResponse {
            let request = APIRequest(method, "/v2/services/haproxy/" + target, body: Array(json.utf8))
            return api.respond(to: request, authorization: Fixture.authorization)
        }

        /// Begins a change on a thread of its own; gives what its answer is put into.
        func begin(_ target: String, _ json: String, _ group: DispatchGroup) -> Answers {
            let answers = Answers()
            DispatchQueue.global().async(group: group) { answers.add(send("POST", target, json)) }
            return answers
        }
    }

    private final class Answers: Sendable {
        private let all = Mutex<[APIResponse]>([])
        func add(_ answer: APIResponse) { all.withLock { $0.append(answer) } }
        var statuses: [Int] { all.withLock { $0.map { $0.status } } }
    }

    @Test func whoReadsDoesNotWaitForAChange() throws {
        try withTemporaryDirectory { directory in
            let live = try Live(directory)
            let group = DispatchGroup()
            let answers = live.begin("configuration/frontends?version=1", #"{"name":"a"}"#, group)
            live.reloader.begun.wait()
            // On the disk, and not in effect yet.
            #expect(try AtomicFile.readText(live.path)?.contains("frontend a\n") == true)
            #expect(live.send("GET", "configuration/version").text == "1\n")
            #expect(live.send("GET", "configuration/frontends").json?["data"] == [])
            let id = live.send("POST", "transactions?version=1").json?["id"]?.string ?? ""
            #expect(live.send("POST", "configuration/backends?transaction_id=\(id)", #"{"name":"b"}"#).status == 202)
            live.reloader.goOn.signal()
            group.wait()
            #expect(answers.statuses == [202])
            #expect(live.send("GET", "configuration/version").text == "2\n")
            #expect(live.send("PUT", "transactions/\(id)").status == 406)
        }
    }

    @Test func anEditDuringAReloadIsTheNextVersion() throws {
        try withTemporaryDirectory { directory in
            let live = try Live(directory)
            let group = DispatchGroup()
            let answers = live.begin("configuration/frontends?version=1", #"{"name":"a"}"#, group)
            live.reloader.begun.wait()
            let edited = (try AtomicFile.readText(live.path) ?? "") + "\nbackend by-hand\n"
            try AtomicFile.replace(live.path, with: edited)
            live.reloader.goOn.signal()
            group.wait()
            #expect(answers.statuses == [202])
            #expect(live.send("GET", "configuration/version").text == "3\n")
            #expect(live.send("GET", "configuration/backends/by-hand").status == 200)
            #expect(live.send("GET", "configuration/frontends/a").status == 200)
        }
    }

    /// A transaction that is being committed takes nothing more: it would be acknowledged and lost.
    @Test func aTransactionIsSealedWhileItIsCommitted() throws {
        try withTemporaryDirectory { directory in
            let live = try Live(directory)
            let id = live.send("POST", "transactions?version=1").json?["id"]?.string ?? ""
            let group = DispatchGroup()
            DispatchQueue.global().async(group: group) { _ = live.send("PUT", "transactions/\(id)") }
            live.reloader.begun.wait()
            #expect(live.send("POST", "configuration/backends?transaction_id=\(id)", #"{"name":"b"}"#).status == 406)
            live.reloader.goOn.signal()
            group.wait()
        }
    }

    @Test func manyWritersLoseNothing() throws {
        try withTemporaryDirectory { directory in
            let live = try Live(directory)
            for _ in 0..<40 { live.reloader.goOn.signal() }
            let answers = Answers()
            DispatchQueue.concurrentPerform(iterations: 4) { worker in
                for number in 0..<5 {
                    while true {
                        let version = live.send("GET", "configuration/version").json?.integer ?? 0
                        let name = "b\(worker)-\(number)"
                        let target = "configuration/backends?version=\(version)"
                        let answer = live.send("POST", target, #"{"name":"\#(name)"}"#)
                        answers.add(answer)
                        if answer.status != 409 { break }
                    }
                }
            }
            #expect(Set(answers.statuses).isSubset(of: [202, 409]))
            #expect(live.send("GET", "configuration/backends").json?["data"]?.array?.count == 20)
            #expect(live.send("GET", "configuration/version").text == "21\n")
        }
    }
}
