/// A fetch method or a converter with what stands in its parentheses: `field(1,:)`.
public struct SampleCall: Sendable, Hashable {
    public var name: String
    public var arguments: [String]

    public init(name: String, arguments: [String] = []) {
        self.name = name
        self.arguments = arguments
    }
}
