public import Addresses

/// Where a socket listens that no line of a file names, as that of `-S`: in the form of `bind` lines.
public struct ListeningPlace: Hashable, Sendable {
    public var address: SocketAddress

    public struct Failure: Error, Hashable {
        /// In HAProxy's words.
        public var message: String
    }

    /// - Parameter resolve: The address of a host name.
    public init(_ text: String, resolve: @escaping (String) -> IPAddress?) throws(Failure) {
        do throws(AddressText.Failure) {
            address = try AddressText(text, for: .bind, resolve: resolve).address
        } catch {
            throw Failure(message: error.message)
        }
    }
}
