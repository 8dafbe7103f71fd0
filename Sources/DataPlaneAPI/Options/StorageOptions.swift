public import ArgumentParser
internal import DataPlaneModel

/// Where the files lie that haproxy.cfg refers to.
public struct StorageOptions: ParsableArguments {
    @Option(name: [.customShort("p"), .customLong("maps-dir")], help: "Directory of maps.")
    var maps: String?
    @Option(name: .customLong("ssl-certs-dir"), help: "Directory of certificates.")
    var certificates: String?
    @Option(name: .customLong("general-storage-dir"), help: "Directory of other files.")
    var general: String?

    public init() {}

    var directories: StorageDirectories {
        var directories = StorageDirectories()
        directories.maps = Self.bare(maps) ?? directories.maps
        directories.certificates = Self.bare(certificates) ?? directories.certificates
        directories.general = Self.bare(general) ?? directories.general
        return directories
    }

    /// The path without a slash at its end.
    private static func bare(_ path: String?) -> String? {
        guard var path, !path.isEmpty else { return nil }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
