internal import Glibc
public import Syscalls

extension AtomicFile {
    /// What a symbolic link holds; nil if there is nothing, or something that is not a link.
    public static func linkTarget(of path: String) throws(SystemError) -> String? {
        let size = Int(PATH_MAX)
        var buffer = [CChar](repeating: 0, count: size)
        do throws(SystemError) {
            let count = try syscall("readlink \(path)") { readlink(path, &buffer, size) }
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        } catch  where error.code == ENOENT || error.code == EINVAL {
            return nil
        }
    }

    /// Makes `path` a symbolic link that holds `target`, whatever file or link was there before.
    @discardableResult
    public static func replaceLink(_ path: String, target: String) throws(SystemError) -> Outcome {
        var before = stat()
        let existed = lstat(path, &before) == 0
        if existed, try linkTarget(of: path) == target { return .unchanged }
        let temporary = temporaryName(beside: path)
        try syscall("symlink \(temporary)") { symlink(target, temporary) }
        do throws(SystemError) {
            try syscall("rename \(temporary) to \(path)") { rename(temporary, path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncDirectory(of: path)
        return existed ? .replaced : .created
    }
}
