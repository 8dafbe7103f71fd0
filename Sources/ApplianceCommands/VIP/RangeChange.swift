internal import Addresses
internal import Diagnostics
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import Netlink
internal import NetworkFiles
internal import NetworkHistory
internal import NetworkState
internal import NetworkWatch
internal import Syscalls

/// A change of the ranges in their file, and in effect.
struct RangeChange {
    let root: Root

    /// Changes the file and has it applied: by the service where it runs, else here. Where that fails the file becomes
    /// what it was.
    ///
    /// - Parameter edit: Given what the files say; changes the ranges. What it throws changes nothing.
    /// - Returns: What the network wants and cannot have, the change or something else; nil after `down`, when the change
    ///   waits for `up`.
    func run(_ edit: (NetworkConfiguration, inout AnyIPRoutesFile) throws -> Void) throws -> [String]? {
        try NetworkConfiguration.requireDirectory(root)
        // Two at once would each write the other's range away.
        return try FileLock.hold(root["/run/appliance-net/vip.lock"], heldBy: "another appliance-net vip") {
            try change(edit)
        }
    }

    private func change(_ edit: (NetworkConfiguration, inout AnyIPRoutesFile) throws -> Void) throws -> [String]? {
        let configuration = try NetworkConfiguration.load(root)
        let former = try ConfigurationFiles.read(root)
        var file = configuration.anyIPRoutes
        try edit(configuration, &file)
        let next = former.replacing(AnyIPRoutesFile.path, with: file.text)
        do throws(DiagnosticsError) {
            _ = try next.configuration(root)
        } catch {
            throw Refused(error.diagnostics)
        }
        let applier = Applier(root)
        if case .running? = try applier.outlook()?.verdict {
            throw BusyError("a try waits for its confirmation: appliance-net confirm keeps it, rollback takes it back")
        }
        // The other files are none of ours, and whoever changed this one meanwhile must not be overwritten.
        guard try ConfigurationFiles.read(root) == former else {
            throw BusyError("somebody changed the network's files at the same moment")
        }
        let path = AnyIPRoutesFile.path
        try ConfigurationFiles(entries: next.entries.filter { $0.path == path }).write(root)
        if StandbyMarker(root).isSet { return nil }
        do {
            return try apply(applier)
        } catch {
            // The service reads it again by itself.
            try ConfigurationFiles(entries: former.entries.filter { $0.path == path }).write(root)
            throw error
        }
    }

    private func apply(_ applier: Applier) throws -> [String] {
        let line: String
        do throws(SystemError) {
            line = try ControlClient.ask(.reconcile, root, timeoutMilliseconds: 30_000)
        } catch {
            guard error.code == ENOENT || error.code == ECONNREFUSED else { throw error }
            return try applier.apply(.apply).result.problems.map { $0.description }
        }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(line.utf8))
        if let error = answer.error {
            throw Refused([Diagnostic(.error, "appliance-net.service did not apply it: \(error)")], isInput: false)
        }
        return answer.problems ?? []
    }

    /// What the control socket answers to `reconcile`.
    private struct Answer: Decodable {
        var problems: [String]?
        var error: String?
    }

    /// Why nothing was changed.
    struct Refused: Error {
        var diagnostics: [Diagnostic]
        /// Whether another range would have gone through.
        var isInput: Bool

        init(_ diagnostics: [Diagnostic], isInput: Bool = true) {
            self.diagnostics = diagnostics
            self.isInput = isInput
        }
    }
}
