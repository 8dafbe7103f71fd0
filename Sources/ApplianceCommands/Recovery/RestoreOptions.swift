internal import ArgumentParser
internal import Files
internal import FirstBoot
internal import NetworkFiles
internal import Recovery

/// How files take the place of the appliance's.
struct RestoreOptions: ParsableArguments {
    @Flag(name: .long, help: "Show what would change, and change nothing; exit 2 if anything would.")
    var plan = false

    @Flag(name: .long, help: "Write files only: leave kernel, proxy and services alone.")
    var filesOnly = false

    /// Restores, with the adapters that this machine has, and with what its own properties said: its next boot must find
    /// them unchanged.
    ///
    /// - Parameter source: Where the files are from.
    func restore(_ files: FileSet, from source: String, _ options: RootOptions) throws -> ExitStatus {
        let root = options.directory
        let own = try files.without(propertiesOfOthersThan: root)
        // Files in another directory may be of another machine than the one whose properties there are.
        let isThisMachine = root.isReal || !filesOnly
        let adapters = try RebuildRecord.adapters(root, restoring: own, asksProperties: isThisMachine)
        var fitted = AdapterChange.fit(own, to: adapters)
        try RebuildRecord.addByHand(to: &fitted, root, source: source)
        var restorer = RecoveryCommand.restorer(options, filesOnly: filesOnly)
        restorer.source = source
        if plan {
            try restorer.check(fitted)
            let changes = try restorer.changes(fitted)
            try show(changes, try RestoreNotes.all(fitted, root), options)
            return changes.isEmpty ? .ok : .pending
        }
        // What it means is said of what is there once nobody else changes it, and nothing is half done any more.
        var meaning: [String] = []
        let (changes, notes) = try restorer.restore(fitted) { meaning = try RestoreNotes.all(fitted, root) }
        try show(changes, meaning + notes, options)
        if !filesOnly {
            for note in try FirstBoot.handOver(root, changes: changes.map { "\($0)" }) { Console.say(note) }
        }
        let words = "\(changes.count) change\(changes.count == 1 ? "" : "s"): \(changes.map { $0.kind }.words)"
        Console.say(changes.isEmpty ? "nothing to restore: all is so already" : "restored; \(words)")
        return .ok
    }

    private func show(_ changes: [FileChange], _ notes: [String], _ options: RootOptions) throws {
        for note in notes { Console.say(note) }
        if options.json { return try Console.json(["changes": changes.map { "\($0)" }, "notes": notes]) }
        for change in changes { Console.data("\(change)") }
    }
}
