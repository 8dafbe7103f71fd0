internal import CLinux
internal import Files
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// The listening sockets of the processes that a new start replaces.
enum FormerProcess {
    /// Over the socket of `-x`; else, or beside it, straight out of the processes of `-sf` and `-st` where we may
    /// (pidfd_getfd(2)). What comes twice is taken once.
    ///
    /// - Returns: nil if nobody answers at the socket of `-x`, which is told; with a master HAProxy goes on without.
    static func listeners(_ options: CommandLineOptions, _ talk: Talk) -> InheritedListeners? {
        var result = InheritedListeners()
        if let path = options.takeOver, path != "/dev/null" {
            do throws(SystemError) {
                for listener in try ListenerTransfer.request(from: path) {
                    result.add(listener.descriptor, namespace: listener.namespace)
                }
                return result
            } catch {
                talk(.notice, "haproxy version is \(Talk.version)")
                talk(.notice, "path to executable is \(ProxyDaemon.executablePath())")
                talk(.warning, "Failed to connect to the old process socket '\(path)'")
                talk(.alert, "Failed to get the sockets from the old process!")
                return nil
            }
        }
        for descriptor in descriptors(of: options.finishing + options.terminating) { result.add(descriptor) }
        return result
    }

    /// What listens at an address in the processes of `-sf` and `-st`, where we may have it.
    static func socket(at address: ListenAddress, _ options: CommandLineOptions) -> CInt? {
        var found = InheritedListeners()
        for descriptor in descriptors(of: options.finishing + options.terminating) { found.add(descriptor) }
        return found.take(address, backlog: 32)
    }

    private static func descriptors(of processes: [Int32]) -> [CInt] {
        var seen: Set<String> = []
        var result: [CInt] = []
        // A master's sockets are those of its workers.
        for pid in processes.flatMap({ [$0] + children($0) }) {
            guard let directory = opendir("/proc/\(pid)/fd") else { continue }
            defer { closedir(directory) }
            let process = clinux_process_open(pid)
            guard process >= 0 else { continue }
            defer { close(process) }
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                guard let number = CInt(name), let target = link("/proc/\(pid)/fd/\(name)"),
                    target.hasPrefix("socket:"), !seen.contains(target)
                else { continue }
                let descriptor = clinux_process_descriptor(process, number)
                guard descriptor >= 0 else { continue }
                if InheritedListeners.address(of: descriptor) != nil, seen.insert(target).inserted {
                    result.append(descriptor)
                } else {
                    close(descriptor)
                }
            }
        }
        return result
    }

    private static func children(_ pid: Int32) -> [Int32] {
        guard let text = try? AtomicFile.read("/proc/\(pid)/task/\(pid)/children") else { return [] }
        return text.split(separator: UInt8(ascii: " ")).compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
    }

    private static func link(_ path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { readlink(path, $0.assumingMemoryBound(to: CChar.self), buffer.count) } ?? -1
        }
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
