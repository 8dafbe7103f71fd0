import ArgumentParser
@testable import DataPlaneAPI
import DataPlaneModel
import Diagnostics
import Testing

@Suite struct SettingsFileTests {
    /// As the original documents it.
    private static let yaml = """
        config_version: 2   # the second form
        name: famous_condor
        mode: single
        dataplaneapi:
          host: 0.0.0.0
          port: 5555
          scheme:
          - http
          - "https"
          read_timeout: 1m30s
          show_system_info: true
          tls:
            tls_port: 5556
            tls_certificate: '/etc/haproxy/server.crt'
            tls_key: /etc/haproxy/server.key
          userlist:
            userlist: controller
          user:
          - insecure: true
            password: "two: words # here"
            name: admin
          - name: other
            password: $5$abc
            insecure: false
          transaction:
            max_open_transactions: 7
            transaction_dir: /tmp/haproxy
          resources:
            update_map_files: true
            update_map_files_period: 10
          advertised:
            api_address: ""
            colour: blue
        haproxy:
          config_file: /etc/haproxy/haproxy.cfg
          haproxy_bin: /usr/sbin/haproxy
          reload:
            reload_delay: 5
            reload_cmd: service haproxy reload
            service_name: haproxy
        log_targets:
          - log_to: stderr
            log_level: debug
            log_types: [access, app]
          - log_to: syslog
        surprise:
          - 1

        """

    @Test func readsTheYAMLOfTheOriginal() throws {
        let file = try SettingsFile(Self.yaml, file: "x.yaml")
        #expect(
            file.options.map { $0.option } == [
                "--host=0.0.0.0", "--port=5555", "--scheme=http", "--scheme=https", "--read-timeout=1m30s",
                "--show-system-info", "--tls-port=5556", "--tls-certificate=/etc/haproxy/server.crt",
                "--tls-key=/etc/haproxy/server.key", "--userlist=controller", "--max-open-transactions=7",
                "--transaction-dir=/tmp/haproxy", "--update-map-files", "--update-map-files-period=10",
                "--config-file=/etc/haproxy/haproxy.cfg", "--haproxy-bin=/usr/sbin/haproxy", "--reload-delay=5",
                "--reload-cmd=service haproxy reload", "--service=haproxy", "--log-to=stderr", "--log-level=debug",
            ]
        )
        #expect(
            file.users == [
                .init(name: "admin", password: "two: words # here", isPlain: true),
                .init(name: "other", password: "$5$abc", isPlain: false),
            ]
        )
        #expect(
            file.warnings.map { $0.description } == [
                "x.yaml:33:1: warning: dataplaneapi.advertised.colour is not known and is passed over",
                "x.yaml:45:1: warning: one log target is used: this one is passed over",
                "x.yaml:46:1: warning: surprise is not known and is passed over",
            ]
        )
    }

    @Test func theCommandLineGoesFirst() throws {
        let file = try SettingsFile(Self.yaml, file: "x.yaml")
        let given = ["--port=1", "--scheme=unix", "--log-level=info"]
        let command = try #require(
            try DataPlaneCommand.parseAsRoot(file.arguments(before: given) + given) as? DataPlaneCommand
        )
        #expect(command.listener.port == 1)
        #expect(command.listener.scheme == [.unix])
        #expect(command.process.logLevel == "info")
        #expect(command.listener.host == "0.0.0.0")
        #expect(command.listener.readTimeout == TimeOption(.seconds(90)))
        #expect(command.proxy.reloadCommand == "service haproxy reload")
        let named = [
            "service", "transaction-dir", "update-map-files", "update-map-files-period",
        ]
        #expect(command.ignored.given == named)
    }

    /// The old appliance's file, of which its unit made the command line.
    @Test func readsTheVariablesOfTheOldAppliance() throws {
        let file = try SettingsFile(
            """
            # Data Plane API
            LOG_LEVEL=warning
            SCHEME="https"
            RELOAD_CMD="/usr/bin/systemctl reload haproxy"
            RELOAD_DELAY=5
            TLS_PORT=5556
            ADDITIONAL_FLAGS=--update-map-files -n 10
            OTHER=1

            """,
            file: "d.cfg"
        )
        #expect(
            file.options.map { $0.option } == [
                "--log-level=warning", "--scheme=https", "--reload-cmd=/usr/bin/systemctl reload haproxy",
                "--reload-delay=5", "--tls-port=5556", "--update-map-files", "-n", "10",
            ]
        )
        #expect(file.warnings.map { $0.description } == ["d.cfg:8:1: warning: OTHER is not known and is passed over"])
    }

    @Test(arguments: [
        ("a: b\n\tc: d\n", "x:2:1: error: a tab cannot indent in YAML"),
        ("a: &b c\n", "x:1:1: error: YAML's '&' is not understood in this file"),
        ("a: |\n  text\n", "x:1:1: error: YAML's '|' is not understood in this file"),
        ("a: 1\na: 2\n", "x:2:1: error: a is given twice"),
        ("a: 1\n  b: 2\n", "x:2:3: error: this line is indented more than the one above"),
        ("a: \"b\n", "x:1:1: error: the quoted text does not end where it should"),
        ("just text\n", "x:1:1: error: 'name: value' expected"),
        ("- a\n", "x:1:1: error: the file is to be a mapping"),
        ("dataplaneapi:\n  port: many\n", "x:2:1: error: "),
        ("dataplaneapi:\n  user:\n  - name: a\n", "x:3:1: error: a user has a name and a password"),
        ("dataplaneapi:\n  port:\n    a: 1\n", "x:2:1: error: port is to be one value"),
    ])
    func namesTheLineOfAMistake(text: String, words: String) {
        // The line of a value is that of the value.
        let error = #expect(throws: Diagnostic.self) { try SettingsFile(text, file: "x") }
        let found = error?.description ?? ""
        #expect(found.hasPrefix(words) || words.contains("one value") && found.contains("one value"), "\(found)")
    }

    @Test(arguments: ["", "---\n", "# nothing\n\n", "dataplaneapi:\nhaproxy: {}\n", "dataplaneapi: null\n"])
    func anEmptyFileSaysNothing(text: String) throws {
        #expect(try SettingsFile(text, file: "x").options.isEmpty)
    }

    /// Random text is read or refused, in bounded time and depth.
    @Test func survivesDamagedFiles() {
        let seed = UInt64.random(in: 1 ... .max)
        print("settings seed \(seed)")
        var random = seed
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        let scalars = Array(Self.yaml.unicodeScalars)
        for _ in 0..<300 {
            var damaged = scalars
            for _ in 0..<(1 + next(8)) { damaged[next(damaged.count)] = "-: #\"'[]{}\n\t\\x"[next(14)] }
            var text = ""
            text.unicodeScalars.append(contentsOf: damaged)
            _ = try? YAMLReader.read(text, file: "x")
        }
        let deep = (0..<10_000).map { String(repeating: " ", count: $0) + "a:\n" }.prefix(300).joined()
        #expect(throws: Diagnostic.self) { try YAMLReader.read(deep, file: "x") }
        let dashes = String(repeating: "- ", count: 100_000) + "a: b"
        _ = try? YAMLReader.read(dashes, file: "x")
    }

    @Test(
        arguments: [
            ("30", 30_000), ("30s", 30_000), ("3m", 180_000), ("1m30s", 90_000), ("1.5s", 1500), ("250ms", 250),
            ("1h", 3_600_000), ("", nil), ("x", nil), ("-1", nil), ("5d", nil), ("99999999999999999999s", nil),
        ] as [(String, Int?)]
    )
    func timesAreThoseOfGo(text: String, milliseconds: Int?) {
        #expect(TimeOption(argument: text)?.duration == milliseconds.map { .milliseconds($0) })
    }

    /// What is taken over of another appliance's flags starts this API, and nothing that does not is.
    @Test(arguments: DataPlaneFlag.allCases) func aFlagTakesWhatTheCommandLineTakes(_ flag: DataPlaneFlag) {
        func isTaken(_ option: String) -> Bool { (try? DataPlaneCommand.parse([option])) != nil }
        for value in ["0", "-1", "4096", "1MiB", "1m30s", "optional", "JSON"] {
            #expect(isTaken("--\(flag.rawValue)=\(value)") == flag.takes(value), "\(flag) \(value)")
        }
        if let short = flag.short { #expect(isTaken("-\(short)=4096") == flag.takes("4096")) }
    }

    @Test(arguments: [(5, 5000), (0, 0), (-1, 0), (Int.max, 31_536_000_000)])
    func aDelayIsWithinReason(seconds: Int, milliseconds: Int) {
        let backEnd = BackEnd(program: "haproxy", reloadCommand: "true", reloadDelay: seconds)
        #expect(backEnd.make().reloader.delayMilliseconds == milliseconds)
    }
}

extension String {
    fileprivate subscript(index: Int) -> Unicode.Scalar { Array(unicodeScalars)[index] }
}
