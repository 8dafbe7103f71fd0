internal import Files
internal import Glibc
internal import Syscalls

/// Symbolic links, replaced whole or not at all like files.
enum SymbolicLink {
    /// What the link holds; nil if there is nothing, or something that is not a link.
    static func target(of path: String) throws(SystemError) -> String? {
        let size = Int(PATH_MAX)
        var buffer = [CChar](repeating: 0, count: size)
        do throws(SystemError) {
            let count = try syscall("readlink \(path)") { readlink(path, &buffer, size) }
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        } catch  where error.code == ENOENT || error.code == EINVAL {
            return nil
        }
    }

    /// Makes `path` a link that holds `target`, whatever was there before.
    static func replace(_ path: String, target: String) throws(SystemError) -> AtomicFile.Outcome {
        var before = stat()
        let existed = lstat(path, &before) == 0
        if existed, try self.target(of: path) == target { return .unchanged }
        let directory = AtomicFile.directory(of: path)
        // The prefix of Files.AtomicFile: one rule recognises all that a power cut left behind.
        let temporary = "\(directory)/.appliance-net.\(getpid()).\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try syscall("symlink \(temporary)") { symlink(target, temporary) }
        do throws(SystemError) {
            try syscall("rename \(temporary) to \(path)") { rename(temporary, path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY).sync(path: directory)
        return existed ? .replaced : .created
    }
}
