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
        var line: [UInt8] = []
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
            line += bytes[..<count]
            guard let end = line.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            if isConsent(line[..<end]) { return .enter }
            line.removeAll()
            Console.say(
                "it still waits: Enter alone keeps it; appliance-net rollback, in another session, takes it back at once"
            )
        }
    }

    /// Enter alone, or `yes`. Who types "no", or a command, has not said that it is to stay.
    static func isConsent(_ line: some Collection<UInt8>) -> Bool {
        let words = String(decoding: line, as: UTF8.self).split { $0.isWhitespace }
        return words.isEmpty || ["y", "yes"].contains(words.joined(separator: " ").lowercased())
    }
}
