/// Something that is wanted and cannot be had. The rest of the plan goes on without it.
public struct Problem: Hashable, Sendable, CustomStringConvertible {
    public var object: Operation.Object
    /// `interface workload: no link has the MAC address 00:50:56:b4:ca:fd`
    public var message: String
    public var remedy: String

    /// The service is there, and does not do its part.
    static let lateService = Problem(
        .firewall,
        "the service has not changed the guard yet as the files say",
        remedy: "see appliance-net status and the log of appliance-net.service"
    )

    public init(_ object: Operation.Object, _ message: String, remedy: String) {
        self.object = object
        self.message = message
        self.remedy = remedy
    }

    public var description: String { "\(message) (\(remedy))" }
}
