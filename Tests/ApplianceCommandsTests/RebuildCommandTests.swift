import Appliance
import Files
import Glibc
import Recovery
import Syscalls
import TestSupport
import Testing

/// `firstboot` of a machine that is to be an appliance that went down, and `restore`: from every source, by wrong clocks,
/// on full disks, and killed at each kind of system call.
@Suite(.blocking) struct RebuildCommandTests {
    /// What clients and the control plane know the appliance by.
    private static let identity = ["ca.crt", "server.crt", "server.key", "haproxy.cfg"].map { "/etc/haproxy/" + $0 }

    // MARK: Sources

    enum Source: String, CaseIterable {
        case bundle, bundles, disk, http, https
    }

    @Test(arguments: Source.allCases) func fromWhateverTheSourceIs(_ source: Source) throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let store = directory + "/store"
            let name = "haproxy.local-000001-20261122T000000Z.bundle"
            try AtomicFile.makeDirectory(store)
            try AtomicFile.replace(store + "/" + name, with: try RecoveryCommandTests.bundle(root))
            var server: SpawnedProcess?
            var environment: [String] = []
            let value: String
            switch source {
            case .bundle: value = store + "/" + name
            case .bundles: value = store
            case .disk: value = root
            case .http, .https:
                server = try Self.server(directory, isSecure: source == .https)
                try #require(eventually { (try? AtomicFile.readText(directory + "/port"))?.hasSuffix("\n") == true })
                let port = try #require(try AtomicFile.readText(directory + "/port")).dropLast()
                value = "\(source)://127.0.0.1:\(port)/store/\(name)"
                environment = ["CURL_CA_BUNDLE=\(directory)/tls.crt"]
            }
            try Self.expectRebuild(directory, root, from: value, environment)
            // A server that is not there any more is not asked again.
            withExtendedLifetime(server) {}
            server = nil
            try Self.expectNothingToChange(directory, from: value)
        }
    }

    /// The appliance that we succeed: what is not taken of it is named, the rest is as `migrate-from` leaves it.
    @Test func fromTheApplianceThatWeSucceed() throws {
        try withTemporaryDirectory { directory in
            let old = directory + "/old"
            try MigrationTests.makeOldAppliance(old)
            try run("openssl", "genrsa", "-out", old + "/etc/haproxy/server.key", "2048")
            let flags =
                "LOG_LEVEL=info\nRELOAD_DELAY=30\nTLS_HOST=10.191.181.52\nADDITIONAL_FLAGS=\"-n 30 --update-map-files\"\n"
            try AtomicFile.replace(old + "/etc/haproxy/dataplaneapi.cfg", with: flags)
            let tables = old + "/etc/vmware/route-tables.cfg"
            let added = (try AtomicFile.readText(tables) ?? "") + "7,dmz,00:0C:29:00:00:09,10.13.7.10/24\n"
            try AtomicFile.replace(tables, with: added)
            try AtomicFile.replace(old + "/etc/vmware/workload-networks.cfg", with: "10.13.77.0/24\n")
            // Neither the ranges nor the frontend are typed, and another network is.
            let typed = { (text: String) in
                text.replacing("10.13.200.32/27", with: "").replacing("10.13.200.10/24", with: "")
                    .replacing("10.13.200.1\"", with: "\"")
            }
            let result = try Subprocess.run(try Self.boot(directory, from: old, typed))
            #expect(result.status == 0, "\(result.errors)")
            let vmware = directory + "/new/etc/vmware/"
            #expect(try AtomicFile.readText(vmware + "anyip-routes.cfg")?.hasSuffix("\n10.13.200.96/27\n") == true)
            #expect(try AtomicFile.readText(vmware + "workload-networks.cfg")?.hasSuffix("\n10.13.21.0/24\n") == true)
            let said =
                "network.additional_workload_networks: 10.13.21.0/24 was typed, and wins over 10.13.77.0/24 of the old "
            #expect(result.errors.contains(said), "\(result.errors)")
            let own = try AtomicFile.readText(vmware + "route-tables.cfg") ?? ""
            #expect(own.contains("3,frontend,00:50:57:b4:ef:d1,10.13.200.10/24,10.13.200.1\n"), "\(own)")
            for name in [
                "/etc/vmware/route-tables.cfg: table 7 (dmz)",
                "/etc/haproxy/server.key", "dataplaneapi.cfg: RELOAD_DELAY=30",
                "dataplaneapi.cfg: TLS_HOST=10.191.181.52",
                "dataplaneapi.cfg: --update-map-files",
            ] { #expect(result.errors.contains("\(name) is not taken: "), "\(result.errors)") }
            let made = directory + "/new/etc/haproxy/"
            let settings = try #require(try AtomicFile.readText(made + "dataplaneapi.cfg"))
            #expect(settings.contains("TLS_HOST=10.13.10.199\n") && settings.contains("RELOAD_DELAY=0\n"))
            #expect(settings.hasSuffix("LOG_LEVEL=info\nADDITIONAL_FLAGS=--backups-number=30\n"), "\(settings)")
            #expect(try AtomicFile.read(made + "ca.crt") == AtomicFile.read(old + "/etc/haproxy/ca.crt"))
            let again = try Subprocess.run(try Self.boot(directory, from: old, typed))
            #expect(again.output.contains("nothing to change"), "\(again.errors)")
            #expect(try AtomicFile.readText(made + "dataplaneapi.cfg") == settings)
        }
    }

    /// User, password and query of an address are told nowhere, and are in no file.
    @Test func whatGivesTheRightToReadIsKeptFromAll() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try AtomicFile.makeDirectory(directory + "/store")
            try AtomicFile.replace(directory + "/store/a.bundle", with: try RecoveryCommandTests.bundle(root))
            let server = try Self.server(directory, isSecure: false)
            try #require(eventually { (try? AtomicFile.readText(directory + "/port"))?.hasSuffix("\n") == true })
            let port = try #require(try AtomicFile.readText(directory + "/port")).dropLast()
            let source = "http://canary-user:canary-password@127.0.0.1:\(port)/store/a.bundle?sig=canary-signature"
            let result = try Subprocess.run(try Self.boot(directory, from: source))
            #expect(result.status == 0, "\(result.errors)")
            #expect(
                result.errors.contains("rebuilding from http://127.0.0.1:\(port)/store/a.bundle ("),
                "\(result.errors)"
            )
            #expect(!(result.errors + result.output).contains("canary"))
            #expect(try Subprocess.run(["grep", "-rqa", "canary", directory + "/new"]).status == 1)
            withExtendedLifetime(server) {}
        }
    }

    /// What a server gives instead of a bundle makes nothing.
    @Test func aServerThatHasAnotherPageMakesNothing() throws {
        try RecoveryCommandTests.withAppliance { directory, _ in
            try AtomicFile.makeDirectory(directory + "/store")
            try AtomicFile.replace(directory + "/store/a.bundle", with: "<html>Please log in</html>\n")
            let server = try Self.server(directory, isSecure: false)
            try #require(eventually { (try? AtomicFile.readText(directory + "/port"))?.hasSuffix("\n") == true })
            let port = try #require(try AtomicFile.readText(directory + "/port")).dropLast()
            let boot = try Self.boot(directory, from: "http://127.0.0.1:\(port)/store/a.bundle")
            let result = try Subprocess.run(boot)
            #expect(result.status == 65)
            #expect(result.errors.contains("this is no recovery bundle"))
            #expect(try AtomicFile.status(directory + "/new/etc") == nil)
            withExtendedLifetime(server) {}
        }
    }

    // MARK: Clocks

    /// With a clock of 1970 or 2099 it is the same appliance: what is restored is not taken for expired, or for not valid yet.
    @Test(arguments: ["0", "4080000000"]) func theClockDoesNotMatter(_ seconds: String) throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/a.bundle", with: try RecoveryCommandTests.bundle(root))
            let clock = try Self.clock(directory, seconds)
            #expect(
                try Subprocess.run(["date", "+%Y"], environment: clock).output == (seconds == "0" ? "1970\n" : "2099\n")
            )
            try Self.expectRebuild(directory, root, from: directory + "/a.bundle", clock)
            try Self.expectNothingToChange(directory, from: directory + "/a.bundle", clock)

            try AtomicFile.replace(directory + "/new/etc/haproxy/server.crt", with: "")
            try AtomicFile.replace(directory + "/passphrase", with: RecoveryCommandTests.passphrase.revealed())
            let restore = ["restore", directory + "/a.bundle", "--passphrase-file", directory + "/passphrase"]
            let restored = try Subprocess.run(
                [try builtProgram("appliance-net")] + restore + ["--files-only", "--root", directory + "/new"],
                environment: clock
            )
            #expect(restored.status == 0, "\(restored.errors)")
            try Self.expectIdentity(directory, root)
        }
    }

    // MARK: Full disks

    /// It is told, and the next first boot, with room, makes it the same appliance: never another one, never half of it.
    @Test(arguments: [32, 64, 96, 128, 160, 192, 256]) func aFullDiskIsFinishedByTheNextBoot(_ kilobytes: Int) throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/a.bundle", with: try RecoveryCommandTests.bundle(root))
            try run("mkdir", directory + "/new")
            try run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", directory + "/new")
            defer { _ = try? Subprocess.run(["umount", directory + "/new"]) }
            let first = try Subprocess.run(try Self.boot(directory, from: directory + "/a.bundle"))
            if first.status != 0 { #expect(first.errors.contains("ENOSPC"), "\(first.errors)") }
            try run("mount", "-o", "remount,size=8m", directory + "/new")
            try Self.expectRebuild(directory, root, from: directory + "/a.bundle")
            try Self.expectNothingToChange(directory, from: directory + "/a.bundle")
        }
    }

    // MARK: Kills

    /// A sample of all calls of each kind.
    @Test(arguments: ["openat", "write", "fsync", "unlink", "mkdir", "fchmod", "fchown", "symlink"])
    func aRebuildIsFinishedByTheNextBoot(_ call: String) throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/a.bundle", with: try RecoveryCommandTests.bundle(root))
            let boot = try Self.boot(directory, from: directory + "/a.bundle")
            for step in try Self.sample(boot, call, in: directory + "/new") {
                try run("rm", "-rf", directory + "/new")
                let result = try Self.killed(boot, at: call, step)
                #expect(result.status == 256 + Int(SIGKILL), "\(call) \(step): \(result.errors)")
                try Self.expectRebuild(directory, root, from: directory + "/a.bundle")
            }
        }
    }

    @Test(arguments: ["openat", "write", "fsync", "unlink", "mkdir", "fchmod", "fchown"])
    func aRestoreIsAllOrNothing(_ call: String) throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/a.bundle", with: try RecoveryCommandTests.bundle(root))
            try AtomicFile.replace(directory + "/passphrase", with: RecoveryCommandTests.passphrase.revealed())
            let program = try builtProgram("appliance-net")
            let place = ["--files-only", "--root", root]
            let restore =
                [program, "restore", directory + "/a.bundle", "--passphrase-file", directory + "/passphrase"] + place
            let wanted = try RecoveryCommandTests.witness(root)
            try RecoveryCommandTests.alter(root)
            let former = try RecoveryCommandTests.witness(root)
            let steps = try Self.sample(restore, call, in: root)
            #expect(try RecoveryCommandTests.witness(root) == wanted)
            for step in steps {
                try RecoveryCommandTests.alter(root)
                let result = try Self.killed(restore, at: call, step)
                #expect(result.status == 256 + Int(SIGKILL), "\(call) \(step): \(result.errors)")
                let resumed = try Subprocess.run([program, "resume"] + place)
                #expect(resumed.status == 0, "\(call) \(step): \(resumed.errors)")
                let now = try RecoveryCommandTests.witness(root)
                #expect(now == wanted || now == former, "\(call) \(step)")
            }
        }
    }

    // MARK: -

    /// First boot of a new machine at `new`.
    private static func boot(
        _ directory: String,
        from source: String,
        _ typed: (String) -> String = { $0 }
    ) throws -> [String] {
        let text = typed(try #require(try AtomicFile.readText(CommandLineTests.example)))
            .replacing("00:50:56:", with: "00:50:57:")
            .replacing(
                "</PropertySection>",
                with: """
                    <Property oe:key="recovery.source" oe:value="\(source)"/>
                    <Property oe:key="recovery.passphrase" oe:value="\(RecoveryCommandTests.passphrase.revealed())"/>
                    </PropertySection>
                    """
            )
        try AtomicFile.replace(directory + "/environment.xml", with: text)
        return [
            try builtProgram("appliance-net"), "firstboot", "--ovf-env", directory + "/environment.xml", "--files-only",
            "--root", directory + "/new",
        ]
    }

    private static func expectRebuild(
        _ directory: String,
        _ root: String,
        from source: String,
        _ environment: [String] = []
    ) throws {
        let result = try Subprocess.run(try boot(directory, from: source), environment: environment)
        #expect(result.status == 0, "\(result.errors)")
        try expectIdentity(directory, root)
    }

    private static func expectIdentity(_ directory: String, _ root: String) throws {
        for path in identity {
            #expect(try AtomicFile.read(directory + "/new" + path) == AtomicFile.read(root + path), "\(path)")
        }
    }

    private static func expectNothingToChange(
        _ directory: String,
        from source: String,
        _ environment: [String] = []
    ) throws {
        let again = try Subprocess.run(try boot(directory, from: source), environment: environment)
        #expect(again.output.contains("nothing to change"), "\(again.errors)")
    }

    /// A web server of the directory, which writes its port into `port`.
    private static func server(_ directory: String, isSecure: Bool) throws -> SpawnedProcess {
        let request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try run(
            request + ["-days", "2", "-subj", "/CN=store", "-addext", "subjectAltName=IP:127.0.0.1"]
                + ["-keyout", directory + "/tls.key", "-out", directory + "/tls.crt"]
        )
        let script = """
            import functools, http.server, ssl, sys
            handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            if sys.argv[2] == "https":
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(sys.argv[1] + "/tls.crt", sys.argv[1] + "/tls.key")
                server.socket = context.wrap_socket(server.socket, server_side=True)
            with open(sys.argv[1] + "/port", "w") as file:
                file.write(f"{server.server_port}\\n")
            server.serve_forever()
            """
        let arguments = [directory, isSecure ? "https" : "http"]
        return try SpawnedProcess(
            ["/usr/bin/python3", "-c", script] + arguments,
            output: directory + "/server.log",
            isPatient: false
        )
    }

    /// The environment of programs whose clock says `seconds` since 1970.
    static func clock(_ directory: String, _ seconds: String) throws -> [String] {
        let source = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <sys/time.h>
            #include <time.h>
            int clock_gettime(clockid_t clock, struct timespec *now) {
                int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
                int result = real(clock, now);
                if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec = \(seconds);
                return result;
            }
            int gettimeofday(struct timeval *now, void *zone) { now->tv_sec = \(seconds); now->tv_usec = 0; return 0; }
            time_t time(time_t *now) { if (now) *now = \(seconds); return \(seconds); }

            """
        try AtomicFile.replace(directory + "/clock.c", with: source)
        try run("clang", "-shared", "-fPIC", "-o", directory + "/clock.so", directory + "/clock.c")
        return ["LD_PRELOAD=\(directory)/clock.so"]
    }

    /// Some of the calls of a kind by which the program changes or reads what is in `place`, where nothing kills it; the
    /// first and the last among them.
    private static func sample(_ program: [String], _ call: String, in place: String) throws -> [Int] {
        let trace = place + "-trace"
        let options = ["-f", "-y", "-qq", "-s", "1000", "-o", trace, "-e", "trace=\(call)"]
        let result = try Subprocess.run(["strace"] + options + program)
        #expect(result.status == 0, "\(result.errors)")
        let lines = (try AtomicFile.readText(trace) ?? "").split(separator: "\n")
        // Threads are counted each by itself.
        let thread = lines.first?.prefix { $0 != " " }
        let calls = lines.filter { $0.prefix { $0 != " " } == thread && $0.contains(" \(call)(") }
        let steps = calls.indices.filter { calls[$0].contains(place) }.map { $0 + 1 }
        #expect(!steps.isEmpty, "\(call)")
        let most = 9
        return steps.count <= most ? steps : (0..<most).map { steps[$0 * (steps.count - 1) / (most - 1)] }
    }

    /// Runs the program and kills it when it makes a system call for the `step`th time.
    private static func killed(_ program: [String], at call: String, _ step: Int) throws -> Subprocess.Result {
        let inject = "inject=\(call):signal=KILL:when=\(step)"
        return try Subprocess.run(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", inject] + program
        )
    }
}
