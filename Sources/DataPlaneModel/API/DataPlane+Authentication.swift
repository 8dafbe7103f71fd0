internal import Glibc

extension DataPlane {
    /// Whether the client may ask this. Blocking: a password that is new is hashed.
    public func admission(of client: Client, to request: APIRequest) -> Admission {
        // Load balancers in front of us ask without a password whether we live.
        if request.path == ["health"], ["GET", "HEAD"].contains(request.method) { return .accepted(user: "") }
        do throws(APIError) {
            let users = try users()
            return authenticator.admit(
                client,
                users: users,
                certificateSuffices: settings.certificateSuffices,
                now: Self.milliseconds()
            )
        } catch {
            return .refused(error, delayMilliseconds: 0)
        }
    }

    /// Answers one request of whom `authorization`, the header of that name, speaks for.
    public func respond(to request: APIRequest, authorization: String?) -> APIResponse {
        switch admission(of: Client(authorization: authorization), to: request) {
        case .accepted: respond(to: request)
        case .refused(let error, _): APIResponse(error)
        }
    }

    /// Who may log in now. The lock is not held while a password is hashed.
    private func users() throws(APIError) -> UserList {
        let name = settings.userlist
        return try read { state in
            if let users = state.users, users.version == state.workspace.version { return users.list }
            let list = UserList(name, in: state.workspace.file)
            state.users = (list, state.workspace.version)
            return list
        }
    }

    /// Of a clock that only goes forward.
    private static func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }
}
