extension WatchMachine {
    /// What a reconcile means for the state, the log, the service manager and who waits.
    mutating func settle(
        _ outcome: ReconcileOutcome,
        _ now: Duration,
        _ clients: [Int],
        _ actions: inout [WatchAction]
    ) {
        if isStandingBy, outcome.result != .standingBy {
            // `down` was said while it ran.
            for client in clients { actions.append(.answer(client: client, .refused(Self.standbyText))) }
            return
        }
        switch outcome.result {
        case .applied: applied(outcome, now, &actions)
        case .failed(let reason): failed(reason, outcome, now, &actions)
        case .busy:
            // Whoever holds the lock ends soon; that is no failure. Who waits, waits on.
            waiting = clients + waiting
            retryAt = now + pace.spacing
            if !toldBusy { actions.append(.log(.info, "another command is changing the network; waiting for it")) }
            toldBusy = true
            return
        case .standingBy: standBy(true, now, &actions)
        }
        toldBusy = false
        for client in clients { actions.append(.answer(client: client, answer(outcome))) }
        if !isStandingBy { tellStatus(&actions) }
    }

    private static let standbyText = "standing by after down: say up or apply first"

    private func answer(_ outcome: ReconcileOutcome) -> ControlAnswer {
        switch outcome.result {
        case .failed(let reason): .refused(reason)
        case .standingBy: .refused(Self.standbyText)
        case .applied, .busy: .reconciled(changes: outcome.changes, problems: report.problems)
        }
    }

    private mutating func applied(_ outcome: ReconcileOutcome, _ now: Duration, _ actions: inout [WatchAction]) {
        failures = 0
        report.reconcileCount += 1
        report.lastReconcile = WatchReport.Reconcile(
            at: lastStart ?? now,
            took: now - (lastStart ?? now),
            changes: outcome.changes.count
        )
        for change in outcome.changes { actions.append(.log(outcome.isDrift ? .warning : .info, change)) }
        if outcome.isDrift, !outcome.changes.isEmpty {
            report.driftCount += outcome.changes.count
            repairs.append(now)
        }
        tellOfFight(&actions)
        ownProblems = outcome.badFiles + outcome.problems
        report.problems = ownProblems + partProblems
        enter(report.problems.isEmpty ? .inSync : .degraded, now)
        tellProblems(&actions)
        let latest = startedAt + pace.latestReady
        if isReady || !isPending || now >= latest { becomeReady(&actions) } else { readyDue = latest }
    }

    private mutating func failed(
        _ reason: String,
        _ outcome: ReconcileOutcome,
        _ now: Duration,
        _ actions: inout [WatchAction]
    ) {
        failures += 1
        retryAt = now + pace.retry(after: failures)
        ownProblems = [reason] + outcome.badFiles + outcome.problems
        report.problems = ownProblems + partProblems
        enter(.failing, now)
        tellProblems(&actions)
        if isReady || now >= startedAt + pace.latestReady { becomeReady(&actions) }
    }

    /// What is wrong with the parts now.
    mutating func note(_ problems: [String], _ now: Duration, _ actions: inout [WatchAction]) {
        partProblems = problems
        if isStandingBy || report.state == .starting { return }
        report.problems = ownProblems + partProblems
        if report.state != .failing { enter(report.problems.isEmpty ? .inSync : .degraded, now) }
        tellProblems(&actions)
        tellStatus(&actions)
    }

    /// `down` and `up`.
    mutating func standBy(_ isWanted: Bool, _ now: Duration, _ actions: inout [WatchAction]) {
        guard isWanted != isStandingBy else { return }
        isStandingBy = isWanted
        if isWanted {
            (networkSince, retryAt, failures, repairs) = (nil, nil, 0, [])
            report.problems = []
            told = []
            enter(.standby, now)
            actions.append(.log(.info, "standing by after down, until up, apply or a reboot"))
            actions += waiting.map { .answer(client: $0, .refused(Self.standbyText)) }
            waiting = []
            if lastStart != nil || isReady { becomeReady(&actions) }
            tellStatus(&actions)
        } else {
            isUrgent = true
            actions.append(.log(.info, "no longer standing by"))
        }
    }

    mutating func hangUp(_ actions: inout [WatchAction]) {
        actions.append(.notify(WatchAction.reloading))
        isReloading = true
        if isStandingBy { becomeReady(&actions) } else { isUrgent = true }
    }

    mutating func take(_ request: ControlRequest, _ client: Int, _ actions: inout [WatchAction]) {
        switch request {
        case .status: actions.append(.answer(client: client, .status(report)))
        case .reconcile where isStandingBy:
            actions.append(.answer(client: client, .refused(Self.standbyText)))
        case .reconcile:
            waiting.append(client)
            isUrgent = true
        // Parts answer their own before it comes here.
        case .part: break
        }
    }

    /// `READY=1`: the first time, and after each reload.
    mutating func becomeReady(_ actions: inout [WatchAction]) {
        if isReady, !isReloading { return }
        (isReady, isReloading, readyDue) = (true, false, nil)
        lastStatus = report.statusText
        actions.append(.notify("READY=1\nSTATUS=\(lastStatus)"))
    }

    private mutating func tellStatus(_ actions: inout [WatchAction]) {
        guard isReady, report.statusText != lastStatus else { return }
        lastStatus = report.statusText
        actions.append(.notify("STATUS=\(lastStatus)"))
    }

    private mutating func enter(_ state: WatchReport.State, _ now: Duration) {
        if report.state == state { return }
        report.state = state
        report.since = now
    }

    /// Each problem once while it lasts, and once that all are gone.
    private mutating func tellProblems(_ actions: inout [WatchAction]) {
        let level = report.state == .failing ? LogLevel.error : .warning
        for problem in report.problems where !told.contains(problem) { actions.append(.log(level, problem)) }
        if report.problems.isEmpty, !told.isEmpty { actions.append(.log(.info, "all is well again")) }
        told = report.problems
    }

    private mutating func tellOfFight(_ actions: inout [WatchAction]) {
        let isFight = repairs.count > pace.fightLimit
        if isFight, !toldFight {
            actions.append(.log(.warning, "something keeps undoing our changes; repairing them less often from now on"))
        }
        toldFight = isFight
    }
}

extension WatchAction {
    /// The edge puts the time beside it, which the service manager asks for.
    static let reloading = "RELOADING=1"
}
