public import Diagnostics

/// What an OVF descriptor (DMTF DSP0243, element `Envelope`) says of the one machine that it describes: the parts that
/// a deployment asks for. The rest of the document is read over.
public struct OVFDescriptor: Sendable {
    /// The name of the input, for diagnostics.
    public var file: String
    public var files: [File] = []
    public var disks: [Disk] = []
    public var networks: [Network] = []
    /// The deployment options, in order.
    public var configurations: [Configuration] = []
    /// How the machine gets its properties: `com.vmware.guestInfo`, `iso`.
    public var transports: [String] = []
    /// Of the hardware section; nil if there is none.
    public var hardware: SourcePosition?
    public var items: [Item] = []
    /// In order, with keys as the environment has them: class, dot, key.
    public var properties: [Property] = []
    /// What is missing in it.
    public internal(set) var problems: [Diagnostic] = []

    private let source: SourceExcerpt

    init(_ source: SourceExcerpt) {
        file = source.file
        self.source = source
    }

    /// Reads a `.ovf` file.
    ///
    /// - Throws: What is wrong with the XML, or that the document is another one. Everything else is in ``problems`` and
    ///   ``checked()``.
    public init(_ bytes: [UInt8], file: String) throws(DiagnosticsError) {
        let root = try XMLReader.read(bytes, file: file)
        self = try DescriptorReader.read(root, SourceExcerpt(String(decoding: bytes, as: UTF8.self), file: file))
    }

    /// A diagnostic at a place of the descriptor. Somebody may have filled in a password: lines that name a secret are cut.
    public func diagnostic(
        _ severity: Diagnostic.Severity = .error,
        at position: SourcePosition?,
        _ message: String,
        remedy: String
    ) -> Diagnostic {
        guard let position else { return Diagnostic(severity, file: file, message, remedy: remedy) }
        return source.diagnostic(severity, at: position, message, remedy: remedy)
    }
}
