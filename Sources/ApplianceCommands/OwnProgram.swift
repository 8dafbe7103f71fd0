internal import Glibc
internal import Syscalls

/// The program that runs.
enum OwnProgram {
    static func path() throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try syscall("readlink /proc/self/exe") { readlink("/proc/self/exe", &buffer, buffer.count) }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
