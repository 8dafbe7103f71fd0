import Glibc
import Syscalls

/// The path of one of our programs as it was built with the tests: it stands beside the test bundle.
public func builtProgram(_ name: String) throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = try syscall("readlink /proc/self/exe") { readlink("/proc/self/exe", &buffer, buffer.count) }
    let path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/" + name
}
