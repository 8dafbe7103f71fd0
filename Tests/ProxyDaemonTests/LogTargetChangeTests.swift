import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Targets of logs that follow each other, in one worker.
@Suite(.blocking) struct LogTargetChangeTests {
    /// Each change of more than a thousand names another target, and each gets the lines of its time.
    @Test func everyChangeMayNameAnotherTarget() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            func body(_ place: String) -> String {
                """
                listen l
                  bind 127.0.0.1:80
                  no log
                  log \(place) format raw local0
                  server s1 127.0.0.1:\(server.port)

                """
            }
            let daemon = try DaemonFixture(body("127.0.0.1:1"), in: directory)
            let worker = try daemon.worker()
            for change in 0..<1100 {
                // Somebody is asked at some of them.
                let receiver = change % 100 == 99 ? try LogReceiver() : nil
                #expect(try daemon.reload(body(receiver?.place ?? "127.0.0.1:\(change + 1)")).success)
                guard let receiver else { continue }
                #expect(try daemon.ask(port: 80) == "s1")
                let isTold = eventually { receiver.received().count == 1 }
                #expect(isTold, "\(change)")
            }
            #expect(try daemon.worker() == worker)
        }
    }

    /// What has no place is said, not found out.
    @Test func tooManyTargetsAreToldOf() throws {
        try withDaemonRoom { directory in
            let targets = (0..<8200).map { "  log 127.0.0.1:\($0 + 1) local0\n" }.joined()
            try DaemonFixture.write("frontend f\n  bind 127.0.0.1:80\n  no log\n" + targets, in: directory)
            let check = try Subprocess.run([proxyd, "-c", "-f", "\(directory)/haproxy.cfg"])
            #expect(check.status == 0)
            #expect(check.errors.contains("more than 8192 different 'log' targets (9 get no line)"), "\(check.errors)")
        }
    }
}
