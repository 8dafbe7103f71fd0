/// A text that should hold PEM, and where it came from: the messages name the place and fit it.
public struct PEMSource: Sendable {
    enum Origin: Sendable {
        case pasted
        /// - Parameter orElse: What helps beside mending the file.
        case file(orElse: String)

        var isPasted: Bool { if case .pasted = self { true } else { false } }
    }

    /// The property key or the path, as the admin knows it.
    public let name: String
    let text: String
    let origin: Origin

    /// A property that an admin pasted into a text field.
    public static func property(_ key: String, _ text: String) -> PEMSource {
        PEMSource(name: key, text: text, origin: .pasted)
    }

    /// The content of a file of ours.
    static func file(
        _ path: String,
        _ text: String,
        orElse: String = "remove the CA's certificate and key to have new ones made"
    ) -> PEMSource {
        PEMSource(name: path, text: text, origin: .file(orElse: orElse))
    }

    /// The content of a file that an admin named.
    public static func given(_ path: String, _ text: String) -> PEMSource {
        PEMSource(name: path, text: text, origin: .file(orElse: "name another file"))
    }

    func problem(_ message: String, remedy: String? = nil, give thing: String = "") -> PKIError.Problem {
        let standard =
            switch origin {
            case .pasted: "paste \(thing), from its BEGIN line to its END line"
            case .file(let orElse): "put \(thing) into the file, or \(orElse)"
            }
        return PKIError.Problem(name, message, remedy: remedy ?? standard)
    }
}

/// Never prints the text: it may hold a private key.
extension PEMSource: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "PEMSource(\(name))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
