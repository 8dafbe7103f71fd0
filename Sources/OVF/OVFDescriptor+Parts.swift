public import Diagnostics

extension OVFDescriptor {
    /// `File`: what comes with the descriptor.
    public struct File: Sendable, Hashable {
        public var id: String
        /// The name of a file beside the descriptor.
        public var href: String
        /// Bytes; nil if it is not said.
        public var size: Int?
        public var position: SourcePosition
    }

    /// `Disk`: a virtual disk.
    public struct Disk: Sendable, Hashable {
        public var id: String
        /// The id of the file that it is made of; nil for an empty disk.
        public var fileID: String?
        public var position: SourcePosition
    }

    /// `Network`: a name that a deployment maps to a port group.
    public struct Network: Sendable, Hashable {
        public var name: String
        public var position: SourcePosition
    }

    /// `Configuration`: a deployment option.
    public struct Configuration: Sendable, Hashable {
        public var id: String
        public var isDefault: Bool
        public var position: SourcePosition
    }

    /// `Item`: a piece of virtual hardware.
    public struct Item: Sendable, Hashable {
        public static let diskDrive = 17
        public static let ethernetAdapter = 10

        public var id: String
        /// CIM's number of the kind: 10 for an Ethernet adapter, 17 for a disk drive.
        public var kind: Int?
        /// The network of an adapter.
        public var connection: String?
        /// `ovf:/disk/ID` or `ovf:/file/ID`.
        public var resource: String?
        /// The id of the controller.
        public var parent: String?
        public var addressOnParent: Int?
        /// The deployment options that have it; empty for all.
        public var configurations: [String]
        public var position: SourcePosition
    }

    /// `Property` of a `ProductSection`.
    public struct Property: Sendable, Hashable {
        public var key: String
        /// `string`, `boolean`, `int` and other numbers.
        public var type: String
        public var isPassword: Bool
        public var isConfigurable: Bool
        /// The default.
        public var value: String
        public var label: String
        public var summary: String
        public var qualifiers: [OVFQualifier]
        /// The deployment options that have it; empty for all.
        public var configurations: [String]
        public var position: SourcePosition
    }
}
