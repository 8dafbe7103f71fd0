internal import ProxyConfig
internal import Syscalls

extension DataPlane {
    /// Whether the client may ask this.
    ///
    /// - Parameter mayHash: Whether there is time to compute the hash of a password that is new.
    /// - Returns: nil where that must be done and there is no time.
    public func admission(of client: Client, to request: APIRequest, mayHash: Bool) -> Admission? {
        if request.isHealth { return .accepted(user: "") }
        do throws(APIError) {
            let users = try users()
            return authenticator.admit(
                client,
                users: users,
                certificateSuffices: settings.certificateSuffices,
                mayHash: mayHash,
                now: MonotonicTime.nowInMilliseconds
            )
        } catch {
            return .refused(error, delayMilliseconds: 0)
        }
    }

    /// Answers one request of whom `authorization`, the header of that name, speaks for.
    public func respond(to request: APIRequest, authorization: String?) -> APIResponse {
        switch admission(of: Client(authorization: authorization), to: request, mayHash: true) {
        case .accepted: respond(to: request)
        case .refused(let error, _): refusal(error, of: request)
        case nil: refusal(.unauthenticated, of: request)
        }
    }

    /// Who may log in now. The lock is not held while a password is hashed.
    func users() throws(APIError) -> UserList {
        try read { state throws(APIError) in
            if let path = settings.userlistFile { return try users(path, &state) }
            if let users = state.users, users.version == state.workspace.version { return users.list }
            let list = UserList(settings.userlist, in: state.workspace.file, beside: settings.users)
            state.users = (list, state.workspace.version)
            return list
        }
    }

    /// Those of a file of their own, which is read again when it changes.
    private func users(_ path: String, _ state: inout State) throws(APIError) -> UserList {
        do throws(SystemError) {
            var file = state.userlistFile ?? ConfigurationStorage(path: path)
            let text = try file.readIfChanged(now: state.now)
            state.userlistFile = file
            if text == nil, let users = state.users { return users.list }
            let document = ConfigurationFile(text ?? "", file: path)
            let list = UserList(settings.userlist, in: document, beside: settings.users)
            state.users = (list, 0)
            return list
        } catch {
            throw APIError(500, "the userlist cannot be read: \(error)")
        }
    }
}
