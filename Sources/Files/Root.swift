internal import Glibc
public import Syscalls

/// The directory that stands for `/`: `--root DIR` relocates every path of ours, so that tests and image builds need
/// no real `/etc`.
public struct Root: Sendable, Hashable {
    /// Without a trailing slash; empty for the real root.
    public let prefix: String

    public init(_ directory: String = "/") {
        var prefix = Substring(directory)
        while prefix.hasSuffix("/") { prefix.removeLast() }
        self.prefix = String(prefix)
    }

    /// Whether this is the machine's own root.
    public var isReal: Bool { prefix.isEmpty }

    /// Where the absolute path `path` lies under this root.
    public subscript(_ path: String) -> String { prefix + path }

    /// Makes sure that following the links of `path` does not lead out of this root: an absolute link of an image means
    /// a place in the image, but this machine would follow it to a place of its own.
    ///
    /// - Parameter path: Absolute, as seen from inside the root; it need not be there.
    /// - Throws: `SystemError` with EXDEV.
    public func confine(_ path: String) throws(SystemError) {
        guard !isReal, let top = Self.resolved(prefix) else { return }
        var place = self[path]
        // What is not there yet will be made in the nearest directory that is.
        while Self.resolved(place) == nil, place.utf8.count > prefix.utf8.count {
            var link = stat()
            guard lstat(place, &link) != 0 else { break }
            place = AtomicFile.directory(of: place)
        }
        guard let real = Self.resolved(place), real == top || real.hasPrefix(top == "/" ? "/" : top + "/") else {
            throw SystemError(code: EXDEV, operation: "follow the links of \(self[path]), which lead out of \(prefix)")
        }
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
