/// `show quarantine`, which HAProxy does not have.
enum QuarantineCommands {
    static let all = [
        RuntimeKeyword("show quarantine", "show quarantine", "show what does not serve, and why") { call in
            call.host.quarantineLines.map { $0 + "\n" }.joined()
        }
    ]
}
