extension DataPlane {
    func transaction(_ operation: Operation, _ id: String, _ request: APIRequest) throws(APIError) -> APIResponse {
        switch operation {
        case .listTransactions:
            let status = request.parameter("status")
            return try read { state in
                APIResponse(200, .array(state.workspace.list(status: status).map { $0.body }))
            }
        case .startTransaction:
            guard let version = try request.number("version") else {
                throw .violation(.required, "version in query is required")
            }
            return try read { state throws(APIError) in
                let id = Self.identifier()
                return APIResponse(201, try state.workspace.begin(version: version, id: id, now: state.now).body)
            }
        case .commitTransaction: return try commit(id, request)
        case .deleteTransaction:
            return try read { state throws(APIError) in
                let transaction = try state.workspace.transaction(id, now: state.now, missing: 404)
                if transaction.isSealed {
                    throw APIError(406, "transaction \(id) is being committed and cannot be deleted")
                }
                state.workspace.forget(id)
                return APIResponse(204)
            }
        default:
            return try read { state throws(APIError) in
                APIResponse(200, try state.workspace.transaction(id, now: state.now, missing: 404).body)
            }
        }
    }

    private func commit(_ id: String, _ request: APIRequest) throws(APIError) -> APIResponse {
        let isForced = try request.flag("force_reload")
        return try turns.alone { () throws(APIError) in
            if request.version == .v1,
                let empty = try read({ state throws(APIError) in try Self.passed(id, &state) })
            {
                return empty
            }
            var (transaction, former) = try read { state throws(APIError) in
                (try state.workspace.seal(id, now: state.now), state.workspace.snapshot)
            }
            let committed: Committed
            do throws(APIError) {
                committed = try commit(transaction.file, over: former, reload: isForced ? .now : .soon)
            } catch {
                // Without a look at the file, which may fail: what became of the transaction is kept whatever happens.
                withState { state in
                    // What the checker refuses stays refused. A proxy that is away or a full disk passes: the client
                    // may try the same transaction again.
                    if error.status == 400 { state.workspace.fail(id) } else { state.workspace.unseal(id) }
                }
                // Somebody else's edit has outdated it meanwhile: said as for one that is outdated from the start.
                if error == .versionMismatch {
                    try read { state throws(APIError) in _ = try state.workspace.committable(id, now: state.now) }
                }
                throw error
            }
            withState { state in state.workspace.forget(id) }
            transaction.status = .success
            let isAccepted = committed.reload != nil && !isForced
            return Self.answer(
                isAccepted ? 202 : 200,
                transaction.body,
                version: committed.version,
                committed
            )
        }
    }

    /// Clients of /v1 post the whole file while a transaction of theirs is open, in which they change nothing, and commit
    /// that afterwards: there is nothing left that could be lost.
    private static func passed(_ id: String, _ state: inout State) throws(APIError) -> APIResponse? {
        var transaction = try state.workspace.transaction(id, now: state.now, missing: 404)
        guard !transaction.isChanged, transaction.version < state.workspace.version else { return nil }
        state.workspace.forget(id)
        transaction.status = .success
        return answer(200, transaction.body, version: state.workspace.version)
    }

    /// A random UUID (RFC 9562, version 4), as the original gives.
    private static func identifier() -> String {
        var high = UInt64.random(in: 0 ... .max)
        var low = UInt64.random(in: 0 ... .max)
        high = high & ~0xF000 | 0x4000
        low = low & ~(0xC << 60) | 0x8 << 60
        func hexadecimal(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }
        let digits = Array(hexadecimal(high) + hexadecimal(low))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
