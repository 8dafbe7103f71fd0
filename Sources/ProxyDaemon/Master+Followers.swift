internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// Those who follow the listeners: the guard lets through what is in the list, and nothing else.
extension Master {
    /// Tells them what has changed, and answers who waited for them.
    func tellFollowers() {
        followers.keep(clients.following)
        for client in newFollowers {
            // Up to date first, so that the whole list is that of the last number.
            publish()
            followers.add(client)
            clients.tell(client, listenerLines + "-- \(followers.sequence)\n")
        }
        newFollowers = []
        if followers.takeRetry() { _ = retryMissing() }
        publish()
        for index in followers.waiting.indices where followers.wantsAttempt(at: index) {
            followers.attempted(at: index, serving: retryMissing())
        }
        publish()
        for (client, var answer) in followers.takeAnswers(now: Clocks.monotonic()) {
            answer.addKept(controller.keptLines(followers.notes))
            clients.finish(client, with: answer.wireText)
        }
    }

    /// `listen <frontend> <address>:<port>`, a line each.
    var listenerLines: String {
        if !feed.isTracking { _ = feed.change(&controller) }
        return feed.listeners.map { "\($0)\n" }.joined()
    }

    private func publish() {
        defer { followers.await(followers.sequence) }
        guard feed.isTracking else { return }
        let change = feed.change(&controller)
        if change.isEmpty { return }
        let text = change.text + "-- \(followers.next(change))\n"
        for client in Array(followers.clients) { clients.tell(client, text) }
    }

    /// Tries the binds whose address was none of the machine's: it may be one since the followers have been heard. Gives
    /// those that serve now.
    private func retryMissing() -> Set<String> {
        let missing = controller.book.quarantined.filter { $0.value.reason.code == EADDRNOTAVAIL }.map { $0.key }
        if missing.isEmpty || stopping != nil || workerStarts.isWaiting { return [] }
        guard let serving = try? controller.retry(Set(missing)) else { return [] }
        for address in serving { talk(.notice, "bind \(address) serves now") }
        return Set(serving.map { "\($0)" })
    }
}
