internal import ArgumentParser
internal import Files

/// Options that every command has.
struct RootOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Use DIR in place of / for every path.", valueName: "dir"))
    var root = "/"

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    var directory: Root { Root(root) }
}
