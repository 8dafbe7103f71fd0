internal import Glibc

extension SocketAddress {
    func isSame(as other: SocketAddress) -> Bool {
        var (first, second) = (self, other)
        return first.withPointer { a, count in
            second.withPointer { b, length in count == length && memcmp(a, b, Int(count)) == 0 }
        }
    }
}

extension UnixAddress {
    func isSame(as other: UnixAddress) -> Bool {
        var (first, second) = (self, other)
        return first.withPointer { a, count in
            second.withPointer { b, length in count == length && memcmp(a, b, Int(count)) == 0 }
        }
    }
}
