internal import Glibc
internal import Syscalls

/// What the kernel refused, and its own words for why.
///
/// Prints as `EEXIST adding rule from 10.13.201.0/24 lookup 2: File exists`.
public struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value of `errno`.
    public var code: CInt
    /// The verb: `adding`.
    public var action: String
    /// The object: `rule from 10.13.201.0/24 lookup 2`.
    public var object: String
    /// The kernel's extended acknowledgement (`NLMSGERR_ATTR_MSG`), if it sent one.
    public var kernelText: String?

    public init(code: CInt, action: String, object: String, kernelText: String? = nil) {
        self.code = code
        self.action = action
        self.object = object
        self.kernelText = kernelText
    }

    /// On add: the object exists already.
    public var isAlreadyThere: Bool { code == EEXIST }
    /// On delete: the object is gone already.
    public var isAlreadyGone: Bool { [ESRCH, ENOENT, EADDRNOTAVAIL, ENODEV].contains(code) }

    public var description: String {
        "\(ErrnoName(code).name) \(action) \(object): \(kernelText ?? ErrnoName(code).words)"
    }
}

extension NetlinkError {
    /// Of a lookup of what comes in: the kernel drops it because of its source, which the reverse-path filter does not let
    /// in by that interface (rp_filter of ip-sysctl), or which is our own. Older kernels say EXDEV for the former.
    public var isMartian: Bool { code == EXDEV || code == EINVAL }
}
