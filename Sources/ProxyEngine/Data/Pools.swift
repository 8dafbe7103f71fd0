internal import CLinux
internal import Glibc

/// Blocks for what a short send left behind; kept for reuse up to a number.
struct BlockPool: ~Copyable {
    static let blockSize = 65536
    private static let most = 64
    private var blocks: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
    private var count = 0

    init() { blocks = .allocate(capacity: Self.most) }

    deinit {
        for index in 0..<count { blocks[index].deallocate() }
        blocks.deallocate()
    }

    mutating func take() -> UnsafeMutablePointer<UInt8> {
        guard count > 0 else { return .allocate(capacity: Self.blockSize) }
        count -= 1
        return blocks[count]
    }

    mutating func give(_ block: UnsafeMutablePointer<UInt8>) {
        guard count < Self.most else { return block.deallocate() }
        blocks[count] = block
        count += 1
    }
}

/// Pipes for splice(2). Their number is capped: the kernel limits a user's pipe pages (`pipe-user-pages-soft`), and
/// beyond the cap copying serves as well.
struct PipePool: ~Copyable {
    static let size: Int32 = 262144
    private let most: Int
    private var ends: UnsafeMutablePointer<(read: CInt, write: CInt)>
    private var idle: UnsafeMutablePointer<Int32>
    private var idleCount = 0
    private var made = 0

    init(most: Int) {
        self.most = most
        ends = .allocate(capacity: most)
        idle = .allocate(capacity: most)
    }

    deinit {
        for index in 0..<made where ends[index].read >= 0 {
            close(ends[index].read)
            close(ends[index].write)
        }
        ends.deallocate()
        idle.deallocate()
    }

    /// A slot with an empty pipe; -1 if there is none to have.
    mutating func take() -> Int32 {
        if idleCount > 0 {
            idleCount -= 1
            return idle[idleCount]
        }
        guard made < most else { return -1 }
        var pair: (CInt, CInt) = (-1, -1)
        let code = withUnsafeMutablePointer(to: &pair) { pointer in
            pointer.withMemoryRebound(to: CInt.self, capacity: 2) { clinux_pipe($0, O_CLOEXEC | O_NONBLOCK) }
        }
        guard code == 0 else { return -1 }
        // A pipe that could not be enlarged still works.
        _ = clinux_set_pipe_size(pair.1, Self.size)
        ends[made] = (pair.0, pair.1)
        made += 1
        return Int32(made - 1)
    }

    /// - Parameter clean: The pipe is empty. One that is not is closed and made anew.
    mutating func give(_ slot: Int32, clean: Bool) {
        let index = Int(slot)
        if !clean {
            close(ends[index].read)
            close(ends[index].write)
            var pair: (CInt, CInt) = (-1, -1)
            let code = withUnsafeMutablePointer(to: &pair) { pointer in
                pointer.withMemoryRebound(to: CInt.self, capacity: 2) { clinux_pipe($0, O_CLOEXEC | O_NONBLOCK) }
            }
            guard code == 0 else {
                ends[index] = (-1, -1)
                return
            }
            _ = clinux_set_pipe_size(pair.1, Self.size)
            ends[index] = (pair.0, pair.1)
        }
        idle[idleCount] = slot
        idleCount += 1
    }

    @inline(__always) func readEnd(_ slot: Int32) -> CInt { ends[Int(slot)].read }
    @inline(__always) func writeEnd(_ slot: Int32) -> CInt { ends[Int(slot)].write }
}
