internal import Glibc
internal import Syscalls

/// Waits for a person at the terminal, or for another process.
enum TerminalWait {
    enum Outcome {
        case enter
        /// The terminal has nothing more to say.
        case endOfInput
        /// The other process ended.
        case ended
    }

    /// - Parameter descriptor: A pipe that ends with the other process.
    static func enter(orEndOf descriptor: CInt) throws(SystemError) -> Outcome {
        // What was typed before the question is no answer to it.
        tcflush(STDIN_FILENO, TCIFLUSH)
        while true {
            var waits = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            ]
            try syscall("wait for the terminal") { poll(&waits, 2, -1) }
            if waits[1].revents != 0 { return .ended }
            guard waits[0].revents != 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = try syscall("read the terminal") { read(STDIN_FILENO, &bytes, bytes.count) }
            if count == 0 { return .endOfInput }
            if bytes[..<count].contains(UInt8(ascii: "\n")) { return .enter }
        }
    }
}
