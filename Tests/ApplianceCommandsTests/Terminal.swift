import Files
import Glibc
import Syscalls
import TestSupport

/// A program on a terminal of its own, made by script(1). Nobody types unless told to.
struct Terminal {
    private let directory: String
    private let command: String

    /// - Parameter directory: An empty one for its own use.
    init(_ directory: String, _ words: [String]) throws {
        self.directory = directory
        command = words.joined(separator: " ")
        try AtomicFile.makeDirectory(directory)
        // A pipe that is open for writing as well never ends.
        let session = """
            cd \(directory) && mkfifo keys && exec 3<>keys
            { timeout 60 script -qec '\(command)' /dev/null <&3 >screen 2>&1; echo $? >ending; mv ending status; } \
            >/dev/null 2>&1 &
            """
        try run("sh", "-c", session)
    }

    func type(_ text: String) throws {
        try run("sh", "-c", "exec 3<>\(directory)/keys; printf '%s' \"$0\" >&3", text)
    }

    /// What it was ended with; nil while it runs.
    var status: Int? {
        get throws {
            try AtomicFile.readText(directory + "/status").flatMap { Int($0.prefix { $0.isNumber }) }
        }
    }

    var screen: String { get throws { try AtomicFile.readText(directory + "/screen") ?? "" } }

    /// Takes the terminal away, as a lost connection does, and waits until the program is gone.
    func hangUp() throws {
        let processes = try Subprocess.run(["pgrep", "-f", "script -qec \(command)"]).output
        for process in processes.split(separator: "\n") { kill(pid_t(process) ?? 0, SIGKILL) }
        _ = try eventually { try Subprocess.run(["pgrep", "-f", command]).status != 0 }
    }
}
