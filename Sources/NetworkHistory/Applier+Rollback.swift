internal import NetworkFiles
internal import NetworkState

extension Applier {
    /// What ``rollback(_:)`` did.
    public enum Rollback: Sendable, Hashable {
        /// A try was taken back; what could not be put back is told.
        case cancelled(id: Int, leftOver: [String])
        /// The network is as in generation `target` again.
        case applied(Applied, target: Int)
    }

    /// Goes back: files and kernel.
    ///
    /// - Parameter id: The generation to go back to. nil: takes back the try that runs; without one, goes to the
    ///   generation before the present one, and further back each time.
    /// - Throws: ``HistoryError``; as ``apply(_:_:)``, and files and kernel are as they were then.
    public func rollback(_ id: Int? = nil) throws -> Rollback {
        try ApplianceLock.hold(root, .rollback, patience: patience) {
            var notes: [String] = []
            let found = try findCheckpoint()
            if case .damaged(let note) = found { notes = [note] }
            if case .open(let open) = found {
                if open.phase == .confirmed {
                    notes = try finish(open)
                } else {
                    notes = try takeBack(open)
                    if id == nil { return .cancelled(id: open.generation.id, leftOver: notes) }
                }
            }
            let target = try id.map { try store.generation($0) } ?? previous()
            var applied = try go(to: target)
            applied.warnings = notes + applied.warnings
            return .applied(applied, target: target.id)
        }
    }

    /// The generation before the present one; repairs, and those that went back themselves, are passed over.
    private func previous() throws -> Generation {
        let steps = try store.all().steps
        guard let current = steps.last else { throw HistoryError.noEarlierGeneration }
        let present = current.restores ?? current.id
        guard let target = steps.last(where: { $0.id < present && $0.restores == nil })
        else { throw HistoryError.noEarlierGeneration }
        return target
    }

    /// Files and kernel become those of `target`, both or neither: until both are, the way back is on disk.
    private func go(to target: Generation) throws -> Applied {
        let reconciler = try reconciler()
        let former = try ConfigurationFiles.read(root)
        let warnings = keepEdits(besides: [target.files] + (try store.current().map { [$0.files] } ?? []))
        var checkpoint = try checkpoint(.rollback, files: target.files, formerFiles: former, 0, reconciler)
        checkpoint.generation.restores = target.id
        checkpoint.generation.isDown = target.isDown
        let file = CheckpointFile(root)
        try file.write(checkpoint)
        let result: ApplyResult
        var applied: Applied
        let standby = StandbyMarker(root)
        do {
            if target.isDown { try standby.set() }
            try target.files.write(root)
            let wanted = try NetworkConfiguration.load(root)
            result = target.isDown ? try reconciler.down() : try reconciler.apply(wanted)
            applied = Applied(result: result, generation: checkpoint.generation.id, diagnostics: wanted.warnings)
        } catch {
            try former.write(root)
            if !checkpoint.wasStandingBy { try standby.clear() }
            try file.remove()
            throw error
        }
        checkpoint.phase = .confirmed
        checkpoint.generation.changes = result.operations.map { Generation.Change($0) }
        try file.write(checkpoint)
        if !target.isDown { try standby.clear() }
        applied.warnings = warnings + (try finish(checkpoint))
        return applied
    }
}
