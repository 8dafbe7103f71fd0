internal import ArgumentParser
internal import Files

/// Options that every command has.
struct RootOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Use DIR in place of / for every path.", valueName: "dir"))
    var root = "/"

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        // What an unset variable of a script gives would else mean this machine.
        if root.isEmpty { throw ValidationError("--root needs a directory.") }
    }

    var directory: Root { Root(root) }
}
