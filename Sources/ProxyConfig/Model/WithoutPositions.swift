internal import Diagnostics

// A moved line is no change: these are what a reload compares.

private let nowhere = SourcePosition(line: 0, column: 0)

extension Frontend {
    /// The frontend as if it stood nowhere, to compare with another one.
    public var withoutPositions: Frontend {
        var copy = self
        copy.position = nowhere
        for index in copy.binds.indices { copy.binds[index].position = nowhere }
        for index in copy.useBackends.indices { copy.useBackends[index].position = nowhere }
        copy.rules = rules.withoutPositions
        return copy
    }
}

extension Bind {
    /// The line as if it stood nowhere, to compare with another one.
    public var withoutPositions: Bind {
        var copy = self
        copy.position = nowhere
        return copy
    }
}

extension Backend {
    /// The backend as if it stood nowhere, to compare with another one.
    public var withoutPositions: Backend {
        var copy = self
        copy.position = nowhere
        copy.servers = copy.servers.map { $0.withoutPositions }
        for index in copy.stickRules.indices { copy.stickRules[index].position = nowhere }
        for index in copy.useServers.indices { copy.useServers[index].position = nowhere }
        copy.rules = rules.withoutPositions
        return copy
    }
}

extension Server {
    /// The server as if it stood nowhere, to compare with another one.
    public var withoutPositions: Server {
        var copy = self
        copy.position = nowhere
        return copy
    }
}
