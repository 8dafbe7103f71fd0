internal import ArgumentParser

/// The file that a command is to write.
enum OutputFile {
    /// Refuses what cannot become one, before there is work that would be for nothing.
    static func check(_ path: String?) throws {
        guard let path else { return }
        if path.isEmpty { throw ValidationError("--out needs a file.") }
        if RootOptions.isDirectory(path) == true {
            throw ValidationError("--out: \(path) is a directory; name a file in it.")
        }
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let directory = String(path[..<slash])
        if RootOptions.isDirectory(directory) != true {
            throw ValidationError("--out: there is no directory \(directory).")
        }
    }
}
