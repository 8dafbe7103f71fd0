/// What the thread for pages is told of an order for one server.
public enum PageOrderAnswer {
    public static let done = "done\n"
    /// There was nothing to do.
    public static let untouched = "untouched\n"

    /// How many orders did something.
    static func count(_ answer: [UInt8]) -> Int {
        String(decoding: answer, as: UTF8.self).split(separator: "\n").count { $0 + "\n" == done }
    }
}
