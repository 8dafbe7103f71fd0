internal import Diagnostics
internal import ArgumentParser
internal import Files
internal import Glibc
internal import Syscalls

/// `appliance-net support-bundle`: what whoever helps needs to know, in one file.
struct SupportBundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle",
        abstract: "Collect settings, logs and the state of everything in one file, without secrets.",
        discussion: """
            Writes a .tar.gz and prints its path. Keys are not collected; passwords, hashes and private keys are taken out \
            wherever they stand. manifest.json in it says what it holds.
            """
    )

    @Option(help: ArgumentHelp("Write it there.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Collect at most so much, before compression; 1 to 1024.", valueName: "mebibytes"))
    var maxSize = 64

    @OptionGroup var options: RootOptions

    func validate() throws {
        try OutputFile.check(out)
        guard (1...1024).contains(maxSize) else { throw ValidationError("--max-size takes 1 to 1024 mebibytes.") }
    }

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            if geteuid() != 0 {
                Console.say("much of it cannot be read: manifest.json says what is missing\n    remedy: run it as root")
            }
            let now = Int64(time(nil))
            let host = OverviewReader.hostname()
            let stamp = UTCTime(now).compact
            let name = "appliance-net-support-\(Self.plain(host))-\(stamp)"
            let path = out ?? name + ".tar.gz"
            var collector = SupportCollector(options.directory, name: name, limit: maxSize << 20, time: now)
            let (archive, entries) = try collector.collect(program: try OwnProgram.path(), host: host)
            let result = try Subprocess.run(["gzip", "--no-name"], input: archive)
            guard result.status == 0 else {
                throw SystemError(code: EIO, operation: "compress the bundle: gzip: \(result.errors)")
            }
            try AtomicFile.replace(path, with: result.standardOutput, mode: 0o600)
            if options.json {
                try Console.json(Result(path: path, bytes: result.standardOutput.count, entries: entries))
            } else {
                Console.data(path)
            }
            return .ok
        }
    }

    private struct Result: Encodable {
        var path: String
        var bytes: Int
        var entries: Int
    }

    /// A host name as part of a file's.
    private static func plain(_ host: String) -> String {
        String(host.prefix(64).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" })
    }
}
