/// Where certificates and keys lie; every path relative to a root.
public enum PKIPaths {
    /// Root only: the Data Plane API's user can reach its own key, never the CA's.
    public static let directory = "/var/lib/appliance-net/pki"
    public static let caKey = "/var/lib/appliance-net/pki/ca.key"
    public static let proxyDirectory = "/etc/haproxy"
    public static let caCertificate = "/etc/haproxy/ca.crt"
    /// The old appliance's place, which runbooks name: a link to ``caKey``.
    public static let caKeyLink = "/etc/haproxy/ca.key"
    /// What ``caKeyLink`` holds. Relative, so that it stays right when the root is another directory, and in the image
    /// that is built out of that directory.
    public static let caKeyLinkTarget = "../../var/lib/appliance-net/pki/ca.key"
    public static let serverCertificate = "/etc/haproxy/server.crt"
    public static let serverKey = "/etc/haproxy/server.key"
}
