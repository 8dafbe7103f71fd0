internal import Glibc
internal import CLinux

/// A program run to its end, its output kept. Never a shell: arguments are passed as they are.
public struct Subprocess: Sendable {
    public struct Result: Sendable {
        /// 0-255: the exit status; 256 + n: ended by signal n.
        public var status: Int
        public var standardOutput: [UInt8]
        public var standardError: [UInt8]

        public var output: String { String(decoding: standardOutput, as: UTF8.self) }
        public var errors: String { String(decoding: standardError, as: UTF8.self) }
    }

    /// Runs `arguments[0]` (found by PATH) and waits for it.
    ///
    /// The child is in the network namespace of the calling thread; it blocks and ignores no signal.
    ///
    /// - Parameters:
    ///   - arguments: The program and its arguments.
    ///   - input: What its standard input reads. Put secrets here, never into `arguments`.
    ///   - environment: `NAME=value` entries added to (and winning over) our own.
    public static func run(
        _ arguments: [String],
        input: [UInt8] = [],
        environment: [String] = []
    ) throws(SystemError) -> Result {
        let name = arguments.first ?? ""
        var inPipe: [CInt] = [-1, -1]
        var outPipe: [CInt] = [-1, -1]
        var errPipe: [CInt] = [-1, -1]
        try syscall("pipe for \(name)") { clinux_pipe(&inPipe, O_CLOEXEC) }
        let childIn = FileDescriptor(owning: inPipe[0])
        let toChild = FileDescriptor(owning: inPipe[1])
        try syscall("pipe for \(name)") { clinux_pipe(&outPipe, O_CLOEXEC) }
        let fromChild = FileDescriptor(owning: outPipe[0])
        let childOut = FileDescriptor(owning: outPipe[1])
        try syscall("pipe for \(name)") { clinux_pipe(&errPipe, O_CLOEXEC) }
        let errorsFromChild = FileDescriptor(owning: errPipe[0])
        let childErr = FileDescriptor(owning: errPipe[1])

        let pid = try spawn(arguments, environment, childIn.raw, childOut.raw, childErr.raw)
        _ = consume childIn
        _ = consume childOut
        _ = consume childErr
        return try converse(pid, name, input, toChild, fromChild, errorsFromChild)
    }

    private static func spawn(
        _ arguments: [String],
        _ environment: [String],
        _ childIn: CInt,
        _ childOut: CInt,
        _ childErr: CInt
    ) throws(SystemError) -> pid_t {
        let name = arguments.first ?? ""
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, childIn, 0)
        posix_spawn_file_actions_adddup2(&actions, childOut, 1)
        posix_spawn_file_actions_adddup2(&actions, childErr, 2)
        // Signals that our thread blocks or ignores are for us: a program must end when it is told to.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        argv.append(nil)
        var envp: [UnsafeMutablePointer<CChar>?] = merged(environment).map { strdup($0) }
        envp.append(nil)
        defer {
            for pointer in argv { free(pointer) }
            for pointer in envp { free(pointer) }
        }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, name, &actions, &attributes, argv, envp)
        if code != 0 { throw SystemError(code: code, operation: "run \(name)") }
        return pid
    }

    private static func merged(_ additions: [String]) -> [String] {
        func key(_ entry: String) -> Substring { entry.prefix { $0 != "=" } }
        let replaced = Set(additions.map { key($0) })
        var entries: [String] = []
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if !replaced.contains(key(text)) { entries.append(text) }
            pointer += 1
        }
        return entries + additions
    }

    /// Feeds and drains the child with poll(2), so that no full pipe can stall either side; then reaps it.
    private static func converse(
        _ pid: pid_t,
        _ name: String,
        _ input: [UInt8],
        _ toChild: consuming FileDescriptor,
        _ fromChild: borrowing FileDescriptor,
        _ errorsFromChild: borrowing FileDescriptor
    ) throws(SystemError) -> Result {
        signal(SIGPIPE, SIG_IGN)
        var result = Result(status: 0, standardOutput: [], standardError: [])
        var written = 0
        var writer: CInt = toChild.release()
        if input.isEmpty {
            close(writer)
            writer = -1
        } else {
            // A child that reads slowly must not block us while it waits for us to read.
            _ = fcntl(writer, F_SETFL, O_NONBLOCK)
        }
        defer { if writer >= 0 { close(writer) } }
        var chunk = [UInt8](repeating: 0, count: 65536)
        var readers = [fromChild.raw, errorsFromChild.raw]
        while readers[0] >= 0 || readers[1] >= 0 {
            var waits = [
                pollfd(fd: readers[0], events: Int16(POLLIN), revents: 0),
                pollfd(fd: readers[1], events: Int16(POLLIN), revents: 0),
                pollfd(fd: writer, events: Int16(POLLOUT), revents: 0),
            ]
            try syscall("poll \(name)") { poll(&waits, 3, -1) }
            for index in 0..<2 where waits[index].revents != 0 {
                let reader = readers[index]
                let count = try syscall("read from \(name)") {
                    chunk.withUnsafeMutableBytes { read(reader, $0.baseAddress, $0.count) }
                }
                if count == 0 {
                    readers[index] = -1
                } else if index == 0 {
                    result.standardOutput.append(contentsOf: chunk[..<count])
                } else {
                    result.standardError.append(contentsOf: chunk[..<count])
                }
            }
            if writer >= 0, waits[2].revents != 0 {
                let start = written
                let target = writer
                let count = input.withUnsafeBytes {
                    write(target, $0.baseAddress?.advanced(by: start), $0.count - start)
                }
                // EPIPE: the child wants no more; its exit status tells the rest.
                if count > 0 { written += count }
                if written == input.count || (count < 0 && errno != EAGAIN && errno != EINTR) {
                    close(writer)
                    writer = -1
                }
            }
        }
        var status: CInt = 0
        try syscall("wait for \(name)") { waitpid(pid, &status, 0) }
        result.status = Int(clinux_wait_status(status))
        return result
    }
}
