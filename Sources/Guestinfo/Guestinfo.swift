internal import Glibc
internal import Syscalls

/// What the virtual machine and its host tell each other: the variables `guestinfo.…` of the VMX process, read and
/// written by the program `vmware-rpctool` of open-vm-tools (`info-get KEY`, `info-set KEY VALUE`).
///
/// Everybody in the virtual machine can read them, and whoever may see the machine's configuration in vCenter. The
/// program takes the value as an argument and in no other way (open-vm-tools 12.2), so what is set stands in the process
/// list for a moment: nothing secret may be set.
public struct Guestinfo: Sendable, Hashable {
    /// Path or name of the program.
    public let program: String

    public init(program: String) { self.program = program }

    /// Longest value in bytes: a message to the host has at most 64 KiB (GUESTMSG_MAX_IN_SIZE), the command included.
    public static let longestValue = 65_000

    /// Seconds after which the program is ended: the host answers within milliseconds, or never.
    static let patience = 20

    /// The program found in PATH; nil where open-vm-tools are not installed, or say that there is no VMware below: an
    /// image has them wherever it runs.
    ///
    /// - Parameter path: Directories, with colons between them, instead of those of PATH.
    public static func find(path: String? = nil) -> Guestinfo? {
        guard let path = path ?? getenv("PATH").map({ String(cString: $0) }) else { return nil }
        for directory in path.split(separator: ":") {
            let program = "\(directory)/vmware-rpctool"
            guard access(program, X_OK) == 0 else { continue }
            return isElsewhere("\(directory)/vmware-checkvm") ? nil : Guestinfo(program: program)
        }
        return nil
    }

    /// Whether open-vm-tools' own program says that this is no virtual machine of VMware's: it ends with 1 then. What it
    /// does not say for certain is left to those who ask.
    private static func isElsewhere(_ program: String) -> Bool {
        guard access(program, X_OK) == 0 else { return false }
        let result = try? Subprocess.run(["timeout", "--kill-after=2", "\(patience)", program])
        return result?.status == 1
    }

    /// The value of a variable; nil if it was never set, or is blank: a variable cannot be removed.
    public func get(_ key: String) throws(GuestinfoError) -> String? {
        let result = try run("info-get \(key)", "read \(key)")
        guard result.status == 0 else {
            if result.errors.contains("No value found") { return nil }
            throw GuestinfoError("read \(key)", Self.reason(result))
        }
        var value = result.output
        // The program's own.
        if value.hasSuffix("\n") { value.removeLast() }
        return value.allSatisfy { $0.isWhitespace } ? nil : value
    }

    /// Sets a variable, for as long as the virtual machine is on; an empty value becomes a blank, which is what
    /// ``get(_:)`` takes for none.
    ///
    /// Never a secret: see the type.
    public func set(_ key: String, to value: String) throws(GuestinfoError) {
        guard value.utf8.count <= Self.longestValue else {
            throw GuestinfoError(
                "set \(key)",
                "the value has \(value.utf8.count) bytes, and the host takes \(Self.longestValue)"
            )
        }
        guard !value.utf8.contains(0) else { throw GuestinfoError("set \(key)", "the value holds a null byte") }
        let result = try run("info-set \(key) \(value.isEmpty ? " " : value)", "set \(key)")
        guard result.status == 0 else { throw GuestinfoError("set \(key)", Self.reason(result)) }
    }

    private func run(_ command: String, _ operation: String) throws(GuestinfoError) -> Subprocess.Result {
        do throws(SystemError) {
            return try Subprocess.run(["timeout", "--kill-after=2", "\(Self.patience)", program, command])
        } catch {
            throw GuestinfoError(operation, "\(error)")
        }
    }

    /// What the program says, which never holds a value: one that could not be set is not repeated.
    private static func reason(_ result: Subprocess.Result) -> String {
        switch result.status {
        case 124, 137: return "vmware-rpctool did not end within \(patience) s"
        case 126, 127: return "vmware-rpctool cannot be run"
        default: break
        }
        let line = result.errors.split(separator: "\n").first.map { String($0.prefix(200)) }
        return "vmware-rpctool ended with status \(result.status)" + (line.map { ": \($0)" } ?? "")
    }
}
