public import Diagnostics

/// What the virtual machine was told at deployment: properties and adapters.
///
/// Read from an OVF environment (DMTF DSP0243, "OVF environment file") as vCenter writes it into
/// `guestinfo.ovfEnv` or onto a CD-ROM, or from the same properties as a JSON object.
public struct OVFEnvironment: Sendable {
    /// Most properties that are read; the appliance knows fewer than twenty.
    public static let mostProperties = 1000

    /// The name of the input, for diagnostics.
    public var file: String
    /// In the order of the document; keys are there once.
    public var properties: [OVFProperty]
    /// In the order of the document.
    public var adapters: [OVFAdapter]
    public var platform: OVFPlatform?
    /// What was read over, for instance a section of a foreign namespace.
    public var warnings: [Diagnostic]
    /// nil if the environment was not read from a document.
    private var excerpt: SourceExcerpt?

    public init(
        file: String,
        properties: [OVFProperty],
        adapters: [OVFAdapter] = [],
        platform: OVFPlatform? = nil
    ) {
        self.file = file
        self.properties = properties
        self.adapters = adapters
        self.platform = platform
        warnings = []
    }

    /// Reads `ovf-env.xml`. Throws every problem of the sections, or the first one of the XML itself.
    public init(xml bytes: [UInt8], file: String) throws(DiagnosticsError) {
        let root = try XMLReader.read(bytes, file: file)
        let excerpt = SourceExcerpt(String(decoding: bytes, as: UTF8.self), file: file)
        self = try OVFSections.read(root, excerpt: excerpt)
        self.excerpt = excerpt
    }

    /// Reads `--properties`: `{"network.hostname": "haproxy.local", …, "adapters": [{"mac": …, "network": …,
    /// "unit_number": 7}, …]}`.
    public init(json bytes: [UInt8], file: String) throws(DiagnosticsError) {
        do throws(Diagnostic) {
            let scanner = try InputScanner(bytes, file: file)
            self = try OVFMembers.read(try JSONProperties.read(scanner), excerpt: scanner.excerpt)
            excerpt = scanner.excerpt
        } catch {
            throw DiagnosticsError([error])
        }
    }

    /// In the order of their unit numbers, those without one after the others.
    public var adaptersInOrder: [OVFAdapter] {
        adapters.enumerated().sorted { a, b in
            (a.element.unitNumber ?? .max, a.offset) < (b.element.unitNumber ?? .max, b.offset)
        }.map { $0.element }
    }

    public subscript(key: String) -> OVFProperty? {
        properties.first { $0.key == key }
    }

    /// A diagnostic at a place of this input. Lines that name a secret are cut before its value.
    public func diagnostic(
        _ severity: Diagnostic.Severity = .error,
        at position: SourcePosition?,
        _ message: String,
        remedy: String? = nil
    ) -> Diagnostic {
        if let excerpt, let position { return excerpt.diagnostic(severity, at: position, message, remedy: remedy) }
        return Diagnostic(severity, file: file, at: position, message, remedy: remedy)
    }
}
