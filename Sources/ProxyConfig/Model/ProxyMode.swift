/// `mode`: what a proxy understands of its traffic.
public enum ProxyMode: String, Sendable, Hashable {
    case tcp
    case http
}
