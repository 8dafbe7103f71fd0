internal import Appliance

/// What `govc import.ova -options` reads; `govc import.spec` prints the same with nothing filled in.
struct ImportSpecification: Encodable {
    struct Property: Encodable {
        var key: String
        var value: String

        private enum CodingKeys: String, CodingKey {
            case key = "Key"
            case value = "Value"
        }
    }

    struct Network: Encodable {
        var name: String
        var network: String

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case network = "Network"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case deployment = "Deployment"
        case diskProvisioning = "DiskProvisioning"
        case allocationPolicy = "IPAllocationPolicy"
        case addressProtocol = "IPProtocol"
        case properties = "PropertyMapping"
        case networks = "NetworkMapping"
        case markAsTemplate = "MarkAsTemplate"
        case powerOn = "PowerOn"
        case injectEnvironment = "InjectOvfEnv"
        case waitForAddress = "WaitForIP"
        case name = "Name"
    }

    var deployment: String
    var diskProvisioning = "thin"
    /// vSphere gives no addresses: they are properties, or come by DHCP.
    var allocationPolicy = "dhcpPolicy"
    var addressProtocol = "IPv4"
    var properties: [Property]
    var networks: [Network]
    var markAsTemplate = false
    var powerOn: Bool
    /// vCenter does this itself.
    var injectEnvironment = false
    var waitForAddress = false
    var name: String?

    init(_ machine: PlannedMachine, _ mapping: MappingOptions) {
        deployment = machine.deployment.rawValue
        properties = machine.properties.map { Property(key: $0.key.rawValue, value: machine.value($0)) }
        networks = mapping.networks(of: machine).map { Network(name: $0.name, network: $0.portGroup) }
        powerOn = mapping.powerOn
        name = mapping.name
    }
}
