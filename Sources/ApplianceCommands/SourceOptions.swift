internal import Appliance
internal import ArgumentParser
internal import Diagnostics
internal import Files
internal import FirstBoot
internal import Glibc
internal import OVF
internal import PKI
internal import Recovery

/// Where the properties come from.
struct SourceOptions: ParsableArguments {
    @Option(
        name: .customLong("ovf-env"),
        help: ArgumentHelp("Read the properties from an OVF environment, as vCenter writes it.", valueName: "file")
    )
    var ovfEnvironment: String?

    @Option(name: .long, help: ArgumentHelp("Read the properties from a JSON object.", valueName: "file"))
    var properties: String?

    func validate() throws {
        if ovfEnvironment != nil, properties != nil {
            throw ValidationError("Give either --ovf-env or --properties, not both.")
        }
    }

    /// The source that is named; nil if none is.
    func named() throws -> PropertySource? {
        if let ovfEnvironment {
            return PropertySource(
                try OVFEnvironment(xml: try Self.read(ovfEnvironment), file: ovfEnvironment),
                .file
            )
        }
        if let properties {
            return PropertySource(try OVFEnvironment(json: try Self.read(properties), file: properties), .file)
        }
        return nil
    }

    /// Of a file with secrets of `environment` that others may read, a warning.
    func exposed(_ environment: OVFEnvironment) -> [Diagnostic] {
        guard let path = ovfEnvironment ?? properties,
            environment.properties.contains(where: { !$0.value.isEmpty && PropertySchema.isTakenOut($0.key, $0.value) }
            ),
            let status = (try? AtomicFile.status(path)) ?? nil,
            status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0
        else { return [] }
        let message = "it holds secrets, and others may read it"
        return [Diagnostic(.warning, file: path, message, remedy: "chmod 600 \(path)")]
    }

    /// The first source there is: the one that is named, guestinfo, a disc, the last good copy. nil if there is none.
    ///
    /// - Parameters:
    ///   - settle: Called before drives are looked at for a disc.
    ///   - say: Told of a source that may be there and cannot be read.
    func first(
        _ root: Root,
        settle: () -> Void = {},
        say: (String) -> Void = { Console.say($0) }
    ) throws -> PropertySource? {
        try named() ?? PropertySource.find(root, settle: settle, say: say)
    }

    /// Every check of the properties, down to the CA material; settings only if none found an error.
    ///
    /// - Parameters:
    ///   - root: Where they are for.
    ///   - files: What is restored there before.
    static func settings(
        _ environment: OVFEnvironment,
        _ root: Root,
        restoring files: FileSet? = nil
    ) -> (settings: Settings?, diagnostics: [Diagnostic]) {
        let reading = SettingsReader.read(environment)
        guard let settings = reading.settings else { return (nil, reading.diagnostics) }
        let material = FirstBoot.check(
            settings,
            from: environment,
            root: root,
            restoring: files,
            now: CertificateClock.now()
        )
        return (material.contains { $0.severity == .error } ? nil : settings, reading.diagnostics + material)
    }

    private static let limit = 4 << 20

    private static func read(_ path: String) throws -> [UInt8] {
        do {
            return try AtomicFile.read(path, limit: limit)
        } catch {
            throw DiagnosticsError([
                Diagnostic(file: path, "\(error)", remedy: "give a readable file of at most 4 MiB")
            ])
        }
    }
}
