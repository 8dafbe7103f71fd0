internal import ArgumentParser
internal import Diagnostics
internal import Files
internal import Glibc
internal import NetworkFiles
internal import Recovery
internal import Syscalls

/// `appliance-net migrate-from`: takes over the appliance that we succeed.
struct MigrateFromCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate-from",
        abstract: "Take over an HAProxy appliance 0.2.0 from a copy of its files.",
        discussion: """
            PATH is a directory or a tar archive with its /etc/haproxy and /etc/vmware (and /etc/ssh). CA, server \
            certificate, users, services, ranges, routes and what the API's flags say become this appliance's, all of them or \
            none; addresses, adapters and the API's port are those that firstboot has given it. What is not taken is named. \
            As restore, it can be tried with --plan.
            """
    )

    @Argument(help: "The copy: a directory, or a tar archive.")
    var path: String

    @OptionGroup var way: RestoreOptions
    @OptionGroup var options: RootOptions

    func run() throws {
        try RecoveryCommand.guarded(options) { () throws -> ExitStatus in
            guard RootOptions.isDirectory(path) != true else { return try migrate(Root(path)) }
            guard try AtomicFile.status(path) != nil else { throw SystemError(code: ENOENT, operation: "open \(path)") }
            var template = Array("/tmp/appliance-net.XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw SystemError(code: errno, operation: "mkdtemp") }
            let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            defer { _ = try? Subprocess.run(["rm", "-rf", directory]) }
            try OldArchive(path: path).unpack(directory)
            return try migrate(Root(directory))
        }
    }

    private func migrate(_ copy: Root) throws -> ExitStatus {
        guard let (files, notes) = try OldAppliance(copy).files(for: options.directory) else {
            let problem = RestoreError(
                "\(path) is no copy of an appliance: it has no \(RouteTablesFile.path) or no /etc/haproxy/haproxy.cfg",
                remedy:
                    "copy /etc/haproxy and /etc/vmware with their directories, as tar -C / -cf copy.tar etc/haproxy etc/vmware"
            )
            throw DiagnosticsError([problem.diagnostic])
        }
        for note in notes { Console.say(note) }
        let own = try AtomicFile.readText(options.directory[RouteTablesFile.path], limit: 1 << 20)
        return try way.restore(AdapterChange.fit(files, toTables: own ?? ""), from: path, options)
    }
}
