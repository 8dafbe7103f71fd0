internal import CLinux

/// A system call that failed: which one, on what, and why.
///
/// Prints as `open /etc/vmware/anyip-routes.cfg: ENOENT (No such file or directory)`.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value of `errno`.
    public var code: CInt
    /// The call and its object, for example `rename /etc/hosts`.
    public var operation: String

    public init(code: CInt, operation: String) {
        self.code = code
        self.operation = operation
    }

    public var description: String { "\(operation): \(ErrnoName(code))" }
}

/// The name and words of an errno value: `ENODEV (No such device)`.
public struct ErrnoName: Hashable, Sendable, CustomStringConvertible {
    public var code: CInt

    public init(_ code: CInt) { self.code = code }

    /// `ENODEV`, or `errno 123` for a value without a name.
    public var name: String {
        guard let name = clinux_errno_name(code) else { return "errno \(code)" }
        return String(cString: name)
    }

    /// The words of strerror(3).
    public var words: String {
        guard let words = clinux_errno_words(code) else { return "unknown error" }
        return String(cString: words)
    }

    public var description: String { "\(name) (\(words))" }
}
