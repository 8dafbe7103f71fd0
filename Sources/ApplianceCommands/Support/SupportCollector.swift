internal import Diagnostics
internal import Appliance
internal import Files
internal import FirstBoot
internal import FoundationEssentials
internal import Glibc
internal import Guestinfo
internal import OVF
internal import RuntimeAPI
internal import Syscalls

/// Collects a support bundle in memory: bounded, without secrets. What cannot be had is noted and keeps nothing else out.
struct SupportCollector {
    private let root: Root
    private let redactor: Redactor
    /// Bytes of all that is still taken, as they are in the archive.
    private var room: Int
    private let largest: Int
    private var archive: TarArchive
    private var entries: [SupportManifest.Entry] = []
    private let time: Int64
    /// The directory that everything lies in.
    private let name: String

    /// As many files as are taken have been.
    private var isFull = false

    private static let mostFiles = 2000
    private static let patience = 20

    /// - Parameters:
    ///   - name: Of the directory in the bundle.
    ///   - limit: Bytes of everything together.
    ///   - time: Seconds since 1970.
    init(_ root: Root, name: String, limit: Int, time: Int64) {
        self.root = root
        self.name = name
        self.time = time
        room = limit
        largest = max(limit / 8, 4096)
        archive = TarArchive(time: time)
        redactor = Redactor(known: Self.secrets(root))
    }

    /// Those that are on disk in plain text or still in guestinfo: the page of the console has one of them.
    private static func secrets(_ root: Root) -> [String] {
        var secrets: [String] = []
        if let generated = (try? GeneratedPassword.read(root)) ?? nil { secrets.append(generated.password.revealed()) }
        if let text = (try? Guestinfo.find()?.get(GuestinfoKey.ovfEnvironment)) ?? nil,
            let environment = try? OVFEnvironment(xml: Array(text.utf8), file: GuestinfoKey.ovfEnvironment)
        {
            secrets += environment.properties.filter { PropertySchema.isTakenOut($0.key, $0.value) }.map(\.value)
        }
        return secrets
    }

    /// The archive, the manifest first.
    mutating func collect(program: String, host: String) throws -> (archive: [UInt8], entries: Int) {
        for path in SupportSources.files { addFiles(path) }
        for (name, arguments) in SupportSources.own {
            var command = [program] + arguments + ["--root", root.prefix.isEmpty ? "/" : root.prefix]
            if root.isReal { command.removeLast(2) }
            run(name, "appliance-net " + arguments.joined(separator: " "), command)
        }
        for (name, arguments) in SupportSources.programs { run(name, arguments.joined(separator: " "), arguments) }
        for (name, socket, command) in SupportSources.questions { ask(name, socket, command) }

        let manifest = SupportManifest(
            created: UTCTime(time).rfc3339,
            host: host,
            version: ApplianceCommand.version,
            entries: entries
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var whole = TarArchive(time: time)
        whole.add(name + "/manifest.json", Array(try encoder.encode(manifest)))
        return (whole.bytes + archive.finished, entries.count)
    }

    // MARK: Sources

    /// A file, or every file below a directory. Links are left out: they lead to what is not meant.
    private mutating func addFiles(_ path: String) {
        var status = stat()
        guard lstat(root[path], &status) == 0 else { return }
        guard entries.count < Self.mostFiles else {
            if !isFull { note("files" + path, path, "left out with all files after it: there are too many") }
            isFull = true
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            guard let directory = opendir(root[path]) else { return note(path, path, "it cannot be opened") }
            defer { closedir(directory) }
            var names: [String] = []
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { names.append(name) }
            }
            for name in names.sorted() { addFiles(path + "/" + name) }
        case S_IFREG where !path.hasSuffix(".key"):
            do {
                // The end of a log is what counts.
                let surplus = Int(status.st_size) - largest
                let bytes =
                    surplus > 0
                    ? try Subprocess.run(["tail", "--bytes=\(largest)", root[path]]).standardOutput
                    : try AtomicFile.read(root[path], limit: largest + (1 << 20))
                add("files" + path, path, bytes, surplus > 0 ? "cut: the first \(surplus) bytes are missing" : nil)
            } catch {
                note("files" + path, path, "\(error)")
            }
        default:
            break
        }
    }

    private mutating func run(_ name: String, _ source: String, _ command: [String]) {
        let script = "exec 2>&1; timeout --kill-after=2 \(Self.patience) \"$@\" | head --bytes=\(largest)"
        do {
            let result = try Subprocess.run(["bash", "-c", script, "bash"] + command, environment: ["LC_ALL=C"])
            let isCut = result.standardOutput.count >= largest
            add("commands/" + name, source, result.standardOutput, isCut ? "cut: the end is missing" : nil)
        } catch {
            note("commands/" + name, source, "\(error)")
        }
    }

    private mutating func ask(_ name: String, _ socket: String, _ command: String) {
        do throws(SystemError) {
            let answer = try UnixSocket.ask(command, at: root[socket], timeoutMilliseconds: 5000)
            add("commands/" + name, "\(command) at \(socket)", answer, nil)
        } catch {
            note("commands/" + name, "\(command) at \(socket)", "\(error)")
        }
    }

    private mutating func add(_ path: String, _ source: String, _ bytes: [UInt8], _ note: String?) {
        let (text, count) = redactor.redact(Array(bytes.prefix(largest)))
        let size = TarArchive.size(name + "/" + path, text.count)
        guard size <= room else { return self.note(path, source, "left out: the bundle is full") }
        room -= size
        archive.add(name + "/" + path, text)
        entries.append(
            SupportManifest.Entry(path: path, bytes: text.count, source: source, redacted: count, note: note)
        )
    }

    private mutating func note(_ path: String, _ source: String, _ words: String) {
        entries.append(SupportManifest.Entry(path: path, bytes: 0, source: source, redacted: 0, note: words))
    }
}
