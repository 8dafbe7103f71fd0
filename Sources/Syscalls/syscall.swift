internal import Glibc

/// The one door to the kernel: repeats on EINTR, turns -1 into ``SystemError``.
///
/// - Parameters:
///   - operation: The call and its object, for the error's text; evaluated only on failure.
///   - body: The call. Must return -1 and set `errno` on failure.
/// - Returns: What the call returned.
/// - Throws: ``SystemError``. EBADF and EFAULT are bugs of ours and stop the program.
@discardableResult
public func syscall<Result: FixedWidthInteger>(
    _ operation: @autoclosure () -> String,
    _ body: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = errno
        if code == EINTR { continue }
        precondition(code != EBADF && code != EFAULT, "\(operation()): \(ErrnoName(code))")
        throw SystemError(code: code, operation: operation())
    }
}

/// Like ``syscall(_:_:)`` for non-blocking calls: nil stands for EAGAIN.
@discardableResult
public func syscallNonBlocking<Result: FixedWidthInteger>(
    _ operation: @autoclosure () -> String,
    _ body: () -> Result
) throws(SystemError) -> Result? {
    do {
        return try syscall(operation(), body)
    } catch  where error.code == EAGAIN {
        return nil
    }
}
