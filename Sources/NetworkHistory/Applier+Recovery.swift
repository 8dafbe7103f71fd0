internal import Files
internal import NetworkFiles
internal import NetworkState

// What to do about a change whose end is open. All of it with the lock held.

extension Applier {
    /// Brings to its end what an earlier process left: takes back what was not confirmed.
    ///
    /// - Returns: What was done, to be told; empty if nothing was open.
    /// - Throws: ``BusyError`` if a try waits for its confirmation.
    func settle() throws -> [String] {
        let checkpoint: Checkpoint
        switch try findCheckpoint() {
        case .none: return []
        case .damaged(let note): return [note]
        case .open(let open): checkpoint = open
        }
        let id = checkpoint.generation.id
        switch try verdict(checkpoint) {
        case .running(let milliseconds):
            throw BusyError(
                "a try (generation \(id)) waits \(milliseconds / 1000) s more for its confirmation: appliance-net confirm "
                    + "keeps it, appliance-net rollback takes it back",
                milliseconds: milliseconds
            )
        case .restore(let reason):
            let leftOver = try takeBack(checkpoint)
            return ["generation \(id) was taken back: \(reason)"] + leftOver
        case .finish:
            return try finish(checkpoint)
        }
    }

    func verdict(_ checkpoint: Checkpoint) throws -> Checkpoint.Verdict {
        checkpoint.verdict(
            now: clock.boot(),
            kernel: try KernelIdentity.read(),
            isGuarded: try GuardianLock.holder(root) != nil
        )
    }

    /// Goes back to the state before: kernel, then files, then the record; the checkpoint goes last, so that any of it
    /// can be done again.
    ///
    /// - Returns: What could not be put back.
    func takeBack(_ checkpoint: Checkpoint) throws -> [String] {
        var failures: [String] = []
        let isSameKernel = try checkpoint.kernel == KernelIdentity.read()
        let standby = StandbyMarker(root)
        // The service must not repair what goes; where that cannot be said, it only undoes this once more.
        if checkpoint.wasStandingBy { try? standby.set() }
        // First what keeps people out: it needs no disk.
        if isSameKernel { failures += try reconciler().restore(checkpoint.formerKernel, since: checkpoint.madeKernel) }
        var generation = checkpoint.generation
        generation.outcome = .reverted
        var warnings = keep(generation)
        warnings += keepEdits(besides: [generation.files, checkpoint.formerFiles])
        try checkpoint.formerFiles.write(root)
        if !isSameKernel {
            // After a restart there is nothing to restore in the kernel; the former files say what it is to be.
            do {
                let reconciler = try reconciler()
                // As at first boot, which comes after this.
                reconciler.beginsGuard = true
                try reconciler.apply(try NetworkConfiguration.load(root))
            } catch {
                failures.append("\(error)")
            }
        }
        if !checkpoint.wasStandingBy { try standby.clear() }
        try CheckpointFile(root).remove()
        return failures + warnings
    }

    /// The bookkeeping of a change that stays.
    func finish(_ checkpoint: Checkpoint) throws -> [String] {
        var generation = checkpoint.generation
        generation.outcome = generation.origin == .try ? .confirmed : .applied
        let warnings = keep(generation)
        try CheckpointFile(root).remove()
        return warnings
    }

    /// Records a generation. A disk that is full undoes nothing.
    private func keep(_ generation: Generation) -> [String] {
        do {
            try store.record(generation)
            return []
        } catch {
            return ["this change is not in the history: \(error)"]
        }
    }

    /// Keeps what somebody wrote into the files and nobody applied, before it is overwritten.
    func keepEdits(besides known: [ConfigurationFiles]) -> [String] {
        do {
            let now = try ConfigurationFiles.read(root)
            // Tried again after a failure, it is there already.
            guard !known.contains(now), try store.all().last?.files != now else { return [] }
            return keep(
                Generation(
                    id: try store.nextID(),
                    time: clock.wall(),
                    origin: .rollback,
                    outcome: .overwritten,
                    changes: [],
                    files: now
                )
            )
        } catch {
            return ["edits of the files are not in the history: \(error)"]
        }
    }

    enum FoundCheckpoint {
        case none
        /// What to tell: nobody knows any more what the network was before.
        case damaged(String)
        case open(Checkpoint)
    }

    /// A checkpoint that cannot be read is set aside: it must not keep the network as it is for ever.
    func findCheckpoint() throws -> FoundCheckpoint {
        let file = CheckpointFile(root)
        do {
            return try file.read().map { .open($0) } ?? .none
        } catch HistoryError.damaged(let path, let reason) {
            try file.setAside()
            return .damaged(
                "a change that waited for its end could not be taken back: \(path) cannot be read (\(reason))"
            )
        }
    }

    /// The checkpoint, for those who do nothing without one.
    func readCheckpoint() throws -> Checkpoint? {
        if case .open(let checkpoint) = try findCheckpoint() { checkpoint } else { nil }
    }
}
