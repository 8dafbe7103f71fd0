/// A major version of the Data Plane API. All are served from one model.
public enum APIVersion: String, Sendable, CaseIterable {
    /// As the Data Plane API 2.9 has it.
    case v2
    /// As the Data Plane API 3.4 has it.
    case v3

    var set: APIVersions { self == .v2 ? .v2 : .v3 }
}

/// Which major versions something belongs to.
public struct APIVersions: OptionSet, Sendable, Hashable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let v2 = APIVersions(rawValue: 1)
    public static let v3 = APIVersions(rawValue: 2)
    public static let all: APIVersions = [.v2, .v3]
}

extension APIRequest {
    /// The version whose schemas it goes by: /v1 has those of /v2.
    var schemas: APIVersion { version == .v3 ? .v3 : .v2 }
}
