internal import ArgumentParser
internal import Files
internal import Glibc

/// Options that every command has.
struct RootOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Use DIR in place of / for every path.", valueName: "dir"))
    var root = "/"

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        // What an unset variable of a script gives would else mean this machine.
        if root.isEmpty { throw ValidationError("--root needs a directory.") }
        // One that is not there yet is made by firstboot.
        if Self.isDirectory(root) == false { throw ValidationError("--root: \(root) is no directory.") }
    }

    /// nil if it is not there, or cannot be looked at.
    static func isDirectory(_ path: String) -> Bool? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT == S_IFDIR : nil
    }

    var directory: Root { Root(root) }
}
