internal import CNftnl
internal import Glibc
internal import Netlink

/// libnftnl allocates each object by itself and answers NULL when there is no memory.
func allocated(_ object: OpaquePointer?) throws(NetlinkError) -> OpaquePointer {
    guard let object else { throw NetlinkError(code: ENOMEM, action: "building", object: "an nftables message") }
    return object
}

/// The value of an attribute as bytes; empty if it is not there.
func bytes(_ get: (UnsafeMutablePointer<UInt32>) -> UnsafeRawPointer?) -> [UInt8] {
    var length: UInt32 = 0
    guard let start = get(&length) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(length)))
}

/// A string that belongs to an object of libnftnl.
func string(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
