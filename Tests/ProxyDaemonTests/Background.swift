import Glibc
import Syscalls
import TestSupport

/// A program that runs beside a test, its output in files; killed and reaped when it goes.
final class Background {
    let pid: pid_t
    private let outputPath: String
    private let errorPath: String
    private var status: CInt?

    /// - Parameter directory: Where its output goes.
    init(_ arguments: [String], in directory: String) throws {
        outputPath = "\(directory)/\(arguments[0].split(separator: "/").last ?? "")-out"
        errorPath = outputPath + "-err"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        argv.append(nil)
        defer { for text in argv { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, arguments[0], &actions, nil, argv, environ)
        if code != 0 { throw SystemError(code: code, operation: "run \(arguments[0])") }
        self.pid = pid
    }

    deinit {
        if status == nil {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
    }

    var output: String { read(outputPath) }
    var errors: String { read(errorPath) }

    func signal(_ signal: CInt) { kill(pid, signal) }

    /// Its exit status once it has ended; nil while it runs.
    func poll() -> CInt? {
        if let status { return status }
        var raw: CInt = 0
        guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
        // 256 + signal if a signal ended it.
        status = raw & 0x7f == 0 ? raw >> 8 & 0xff : 256 + raw & 0x7f
        return status
    }

    private func read(_ path: String) -> String {
        guard let file = try? FileDescriptor.open(path, O_RDONLY), let bytes = try? file.readToEnd() else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The program under test: built beside the test bundle.
let proxyd: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    let candidates = [bundle, CommandLine.arguments[0]].map { path in
        path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/appliance-proxyd"
    }
    return candidates.first { access($0, X_OK) == 0 } ?? ".build/debug/appliance-proxyd"
}()
