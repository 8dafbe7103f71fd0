/// Log formats of a frontend that ask for samples, which no other frontend shares.
public struct OwnLogFormats: Hashable, Sendable, HasUsualValue {
    public static let usual = OwnLogFormats()

    /// `log-format-sd`, in place of the group's.
    public var structuredData: LineFormat?
    /// `error-log-format`, in place of the group's.
    public var error: LineFormat?

    public init() {}
}
