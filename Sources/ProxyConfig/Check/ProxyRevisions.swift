/// A number for each frontend and backend of a model, in the order of ``ProxyModel/frontends`` and ``ProxyModel/backends``.
///
/// Two proxies of the same number, also of two results, are equal but for the line that their section begins at. Another
/// number says nothing.
public struct ProxyRevisions: Sendable, Hashable {
    public var frontends: [UInt64] = []
    public var backends: [UInt64] = []

    public init() {}
}
