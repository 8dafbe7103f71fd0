public import Netlink

/// What goes to the kernel for a list of operations, without sending it.
public enum Transaction {
    /// The bytes of one transaction: beginning, messages, end; the last message asks for an acknowledgement.
    ///
    /// - Parameters:
    ///   - operations: In order.
    ///   - sequence: The number of the beginning; each message has the next.
    ///   - canProtect: Whether the kernel knows owned and persistent tables.
    public static func bytes(
        of operations: [TableOperation],
        sequence: UInt32,
        canProtect: Bool = true
    ) throws(NetlinkError) -> [UInt8] {
        try Batch(operations, sequence: sequence, canProtect: canProtect).bytes
    }
}
