internal import ArgumentParser
internal import Files

/// Where a document with passwords goes.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Write to FILE, which only its owner can read, not to standard output.", valueName: "file")
    )
    var out: String?

    func write(_ text: String) throws {
        guard let out else { return Console.data(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
        try AtomicFile.replace(out, with: text.hasSuffix("\n") ? text : text + "\n", mode: 0o600)
    }
}
