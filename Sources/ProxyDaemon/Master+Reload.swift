internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

extension Master {
    /// Reads the configuration again and brings it into effect.
    ///
    /// - Parameter client: Who asked, -1 for a signal: the answer comes from the program that replaces this one if that
    ///   has been replaced on disk.
    func reload(for client: CInt = -1) -> ReloadAnswer {
        try? ServiceNotification.send(ServiceNotification.reloading)
        defer { try? ServiceNotification.send("READY=1\nSTATUS=\(statusWords)") }
        reloads += 1
        isTidy = false
        do throws(LoadedConfiguration.Refused) {
            var next = try LoadedConfiguration.load(
                options,
                after: former,
                checked: { recentCheck.result(of: $0, $1) },
                requiresFiles: true
            )
            try next.fit(descriptors: DescriptorRoom.raise(next))
            if let path = Handover.newProgram, stopping == nil {
                // Comes back only if the new program cannot be had: then this one goes on.
                talk(.warning, "\(handOver(to: path, client))")
            }
            if !options.quiet { Talk.write(next.warnings.map { $0 + "\n" }.joined()) }
            do throws(SystemError) {
                let isOther =
                    configuration.process.isOther(than: next.process)
                    || configuration.snapshot.settings.usesSplice != next.snapshot.settings.usesSplice
                if isOther, stopping == nil { try replaceWorker(next) }
                next.snapshot = next.snapshot.readAgain(after: controller.kept)
                var answer = try bringIntoEffect(next)
                changeSurroundings(next)
                next.settle()
                configuration = next
                // As HAProxy counts: those since one succeeded.
                failedReloads = 0
                answer.addQuarantined(stats.quarantineLines)
                return answer
            } catch {
                failedReloads += 1
                return ReloadAnswer(success: false, text: Talk.line(.alert, "\(error)") + "\n")
            }
        } catch {
            failedReloads += 1
            return ReloadAnswer(success: false, text: error.lines.joined(separator: "\n") + "\n")
        }
    }

    /// Keeps a copy of what serves, if that is due by a moment, and says why if it cannot.
    func saveLastGood(_ now: UInt64) {
        guard let problem = lastGood.saveIfDue(now) else { return }
        talk(.warning, problem)
        if reloads == 0 { configuration.remember(Talk.line(.warning, problem)) }
    }

    /// What runs, for reading of the next one what has changed.
    private var former: FormerConfiguration {
        FormerConfiguration(
            snapshot: controller.base,
            // Without listeners nobody knows their addresses.
            digest: controller.isPaused ? nil : configuration.digest,
            listens: { [self] in controller.book.sockets[$0] != nil || controller.book.quarantined[$0] != nil }
        )
    }

    /// A name has an address now: the same configuration serves more.
    func takeNames() {
        names.take()
        isTidy = false
        guard stopping == nil,
            var next = try? LoadedConfiguration.load(
                options,
                after: former,
                checked: { recentCheck.result(of: $0, $1) }
            ),
            next.fingerprint == configuration.fingerprint
        else {
            return
        }
        // The files of patterns are not read again for it.
        next.snapshot = next.snapshot.withPatterns(of: controller.kept)
        let before = Set(configuration.unresolved)
        // Names that serve need descriptors.
        guard (try? next.fit(descriptors: DescriptorRoom.raise(next))) != nil else { return }
        guard (try? bringIntoEffect(next, keepsChanges: true)) != nil else { return }
        next.settle()
        configuration = next
        names.change(to: next.unresolved, now: Clocks.monotonic())
        for name in before.subtracting(next.unresolved).sorted() { talk(.notice, "the name '\(name)' resolves now") }
    }

    /// The answer to a line from a client.
    func answer(_ command: ClientLine) -> CommandAnswer {
        isAnswering = true
        defer { isAnswering = false }
        guard command.door == .master else { return runtimeAnswer(command) }
        if followers.contains(command.client) {
            followers.take(command.text, from: command.client)
            return .nothing
        }
        return masterAnswer(command)
    }

    func runtimeAnswer(_ command: ClientLine) -> CommandAnswer {
        if command.text == ListenerTransfer.command {
            // As HAProxy: not even a number for who may not have them.
            guard command.door.handsListenersOut else { return .text("") }
            controller.isHandedOut = true
            return .listeners(controller.book.listeners)
        }
        return .output(RuntimeAnswers.answer(command.text, payload: command.payload, command.session, self))
    }

    /// `show proc`, in HAProxy's columns.
    var processTable: String {
        let now = Clocks.monotonic()
        func row(_ pid: Int32, _ type: String, _ reloads: String, _ since: UInt64, _ version: String) -> String {
            let seconds = (now - since) / 1000
            let uptime =
                "\(seconds / 86400)d" + Self.twoDigits(seconds / 3600 % 24) + "h"
                + Self.twoDigits(seconds / 60 % 60) + "m" + Self.twoDigits(seconds % 60) + "s"
            return [("\(pid)", 16), (type, 16), (reloads, 16), (uptime, 16), (version, 16)].map { text, width in
                text + String(repeating: " ", count: max(1, width - text.count))
            }.joined() + "\n"
        }
        var text = "#<PID>          <type>          <reloads>       <uptime>        <version>       \n"
        text += row(getpid(), "master", "\(reloads) [failed: \(failedReloads)]", startedAt, Talk.version)
        let worker = controller.target
        text += "# workers\n" + row(worker.pid, "worker", "0", worker.startedAt, Talk.version)
        if !formerWorkers.isEmpty { text += "# old workers\n" }
        for (pid, _) in formerWorkers { text += row(pid, "worker", "1", startedAt, "-") }
        for (title, isFormer) in [("# programs\n", false), ("# old programs\n", true)] {
            let list = programs.running.filter { $0.isFormer == isFormer }
            if !list.isEmpty || !isFormer { text += title }
            for program in list {
                text += row(program.pid, program.settings.name, "\(program.reloads)", program.startedAt, "-")
            }
        }
        return text
    }

    private static func twoDigits(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
