/// `PlatformSection`: what runs the virtual machine.
public struct OVFPlatform: Sendable, Hashable {
    public var kind: String?
    public var version: String?
    public var vendor: String?
    public var locale: String?

    public init(kind: String? = nil, version: String? = nil, vendor: String? = nil, locale: String? = nil) {
        self.kind = kind
        self.version = version
        self.vendor = vendor
        self.locale = locale
    }
}
