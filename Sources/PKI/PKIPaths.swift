/// Where certificates and keys lie; every path relative to a root.
public enum PKIPaths {
    /// Root only: the Data Plane API's user can reach its own key, never the CA's.
    public static let directory = "/var/lib/appliance-net/pki"
    public static let caKey = "/var/lib/appliance-net/pki/ca.key"
    /// The key of the CA that is to come, while there are two.
    public static let nextKey = "/var/lib/appliance-net/pki/next.key"
    /// Its certificate, then the one by which it vouches for the CA of now, then a copy of the CA of now.
    public static let nextCertificate = "/var/lib/appliance-net/pki/next.crt"
    /// The fingerprint of the server certificate that an admin provided: it is never replaced by one of ours.
    public static let providedServer = "/var/lib/appliance-net/pki/server.provided"
    public static let proxyDirectory = "/etc/haproxy"
    public static let caCertificate = "/etc/haproxy/ca.crt"
    /// The old appliance's place, which runbooks name: a link to ``caKey``.
    public static let caKeyLink = "/etc/haproxy/ca.key"
    /// What ``caKeyLink`` holds. Relative, so that it stays right when the root is another directory, and in the image
    /// that is built out of that directory.
    public static let caKeyLinkTarget = "../../var/lib/appliance-net/pki/ca.key"
    public static let serverCertificate = "/etc/haproxy/server.crt"
    public static let serverKey = "/etc/haproxy/server.key"
    /// Held (flock) while one changes them.
    public static let lock = "/run/appliance-net/pki.lock"

    /// What is there at some times only; beside a CA that came without them they mean something else.
    public static let atTimes = [nextCertificate, nextKey, providedServer]

    /// Everything that is kept, in the order in which it is written.
    public static let all = [
        caKey, nextKey, nextCertificate, caKeyLink, caCertificate, providedServer, serverKey, serverCertificate,
    ]
}
