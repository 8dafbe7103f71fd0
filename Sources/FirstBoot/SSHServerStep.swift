internal import Addresses
internal import Appliance
/// A drop-in for sshd: whether root may log in, and that it listens on the management address only. One that is leased may
/// change: then sshd listens everywhere, and the guard lets only management in.
struct SSHServerStep: FirstBootStep {
    let name = "SSH server"

    static let path = "/etc/ssh/sshd_config.d/10-appliance-net.conf"
    /// What clients know the appliance by.
    static let hostKeys = ["ed25519", "ecdsa", "rsa"].map { "/etc/ssh/ssh_host_\($0)_key" }

    func run(_ context: FirstBootContext) throws -> [String] {
        var text = """
            # Written by appliance-net from appliance.permit_root_login and network.management_ip, _ip6.
            PermitRootLogin \(context.settings.appliance.permitRootLogin ? "yes" : "no")

            """
        for (address, _) in context.settings.network.management.addresses {
            text += "ListenAddress \(address.address)\n"
        }
        return try context.write(Self.path, text, mode: 0o600)
    }
}
