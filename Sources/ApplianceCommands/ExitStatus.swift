internal import ArgumentParser

/// What the exit code says; the numbers of sysexits(3) where it has one.
enum ExitStatus: Int32 {
    case ok = 0
    case failed = 1
    /// `plan`: there is something to do. `status`: the box is not as it should be.
    case pending = 2
    case badData = 65
    /// Another run of ours changes the appliance, or a try waits for its confirmation.
    case busy = 75
    case permission = 77
    case badConfiguration = 78

    /// Throws, unless it is ``ok``; throwing an exit code is how ArgumentParser ends a command.
    func exit() throws {
        if self != .ok { throw ExitCode(rawValue) }
    }
}
