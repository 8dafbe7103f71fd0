internal import Files
internal import NetworkFiles
public import NetworkState

extension Applier {
    /// A try that waits for its confirmation.
    public struct Trial: Sendable, Hashable {
        /// The generation it becomes.
        public var id: Int
        /// Seconds until it is taken back.
        public var timeout: Int
        public var applied: Applied
    }

    /// Makes the network what the files say until the deadline; ``confirm()`` makes it stay.
    ///
    /// The way back is on disk before the first operation: the former kernel state, and the files of the last
    /// generation (the edited ones stay in the history). With a candidate the files in place are the way back.
    ///
    /// - Parameters:
    ///   - timeout: Seconds until it is taken back.
    ///   - candidate: Files to put in place for the try. Where the service watches, an edit in place is applied before
    ///     anybody can try it; a candidate comes under the lock, which the service waits for.
    ///   - guardian: Starts the process that takes it back; given the try, returns when that process guards.
    /// - Returns: nil if there was nothing to do.
    /// - Throws: As ``apply(_:_:)``; nothing is changed then.
    public func `try`(
        timeout: Int,
        candidate: ConfigurationFiles? = nil,
        guardian: (Checkpoint) throws -> Void
    ) throws -> Trial? {
        try changing(.try) { notes in
            let inPlace = try ConfigurationFiles.read(root)
            let files = candidate.map { inPlace.replaced(by: $0) } ?? inPlace
            let wanted = try files.configuration(root)
            let reconciler = try reconciler()
            let standby = StandbyMarker(root)
            if try reconciler.plan(wanted).isEmpty {
                try standby.clear()
                return nil
            }
            try GuardianLock.passOver(root)
            let formerFiles = candidate != nil ? inPlace : try store.current()?.files ?? files
            var checkpoint = try checkpoint(.try, files: files, formerFiles: formerFiles, timeout, reconciler)
            let id = checkpoint.generation.id
            let file = CheckpointFile(root)
            try file.write(checkpoint)
            let result: ApplyResult
            do {
                try guardian(checkpoint)
                result = try reconciler.apply(wanted) { if candidate != nil { try files.write(root) } }
            } catch {
                // Whatever had been done is undone; files that were edited in place stay as they are, as after apply.
                if candidate != nil { try inPlace.write(root) }
                try file.remove()
                throw error
            }
            checkpoint.phase = .waiting
            checkpoint.deadline = clock.boot() + Int64(timeout) * 1000
            checkpoint.generation.changes = result.operations.map { Generation.Change($0) }
            do {
                checkpoint.madeKernel = try reconciler.actual()
                try file.write(checkpoint)
                try standby.clear()
            } catch {
                _ = try takeBack(checkpoint)
                throw error
            }
            let applied = Applied(result: result, generation: id, warnings: notes, diagnostics: wanted.warnings)
            return Trial(id: id, timeout: timeout, applied: applied)
        }
    }

    /// What the files, or the candidate, want and cannot have; what ``try(timeout:candidate:guardian:)`` leaves out.
    public func problems(_ candidate: ConfigurationFiles? = nil) throws -> [Problem] {
        let inPlace = try ConfigurationFiles.read(root)
        let wanted = try (candidate.map { inPlace.replaced(by: $0) } ?? inPlace).configuration(root)
        return try reconciler().plan(wanted).problems
    }

    /// Makes the try stay.
    ///
    /// - Returns: Its generation, and what did not go well in the bookkeeping.
    /// - Throws: ``HistoryError/noTry``; ``HistoryError/tooLate(_:)``; ``BusyError``.
    public func confirm() throws -> (id: Int, warnings: [String]) {
        try ApplianceLock.hold(root, .try, patience: patience) {
            guard var checkpoint = try readCheckpoint() else { throw HistoryError.noTry }
            // In time is in time, though no guardian watches any more.
            let verdict = checkpoint.verdict(
                now: clock.boot(),
                kernel: try KernelIdentity.read(),
                isGuarded: checkpoint.phase == .waiting
            )
            if case .restore(let reason) = verdict {
                _ = try takeBack(checkpoint)
                throw HistoryError.tooLate(reason)
            }
            // From here on it stays, whatever happens to us.
            checkpoint.phase = .confirmed
            try CheckpointFile(root).write(checkpoint)
            return (checkpoint.generation.id, try finish(checkpoint))
        }
    }

    /// The try that waits for its confirmation, or that is to be taken back; nil if there is none.
    public func pending() throws -> Checkpoint? { try CheckpointFile(root).read() }

    /// The same, with what is to become of it.
    public func outlook() throws -> (checkpoint: Checkpoint, verdict: Checkpoint.Verdict)? {
        try pending().map { ($0, try verdict($0)) }
    }

    /// Takes back what was not confirmed, as everybody who applies does; for boot, and for a service that waits.
    ///
    /// - Returns: What was done, to be told; empty if nothing was open.
    /// - Throws: ``BusyError`` if a try waits for its confirmation.
    public func restoreUnconfirmed() throws -> [String] {
        try ApplianceLock.hold(root, .try, patience: patience) { try settle() }
    }

    /// The guardian's part: takes the try back, or does the bookkeeping, if that is still what is to be done.
    func end(_ guardian: GuardianMachine) throws {
        try ApplianceLock.hold(root, .try, patience: .seconds(10)) {
            guard let checkpoint = try readCheckpoint() else { return }
            switch guardian.action(now: clock.boot(), found: GuardianMachine.Found(checkpoint)) {
            case .takeBack: _ = try takeBack(checkpoint)
            case .settle: _ = try finish(checkpoint)
            case .wait, .end: break
            }
        }
    }

    /// The way back as it is now.
    func checkpoint(
        _ origin: Origin,
        files: ConfigurationFiles,
        formerFiles: ConfigurationFiles,
        _ timeout: Int,
        _ reconciler: NetworkReconciler
    ) throws -> Checkpoint {
        Checkpoint(
            generation: Generation(
                id: try store.nextID(),
                time: clock.wall(),
                origin: origin,
                changes: [],
                files: files
            ),
            deadline: clock.boot() + Int64(timeout) * 1000,
            timeout: timeout,
            kernel: try KernelIdentity.read(),
            formerFiles: formerFiles,
            formerKernel: try reconciler.actual(),
            wasStandingBy: StandbyMarker(root).isSet
        )
    }
}
