/// The names of the variables that the appliance reads and sets.
public enum GuestinfoKey {
    /// The OVF environment; written by vCenter at every power-on, and by first boot without its secrets.
    public static let ovfEnvironment = "guestinfo.ovfEnv"
    /// The CA's certificate, PEM in base64, as in the appliance we succeed.
    public static let authority = "guestinfo.dataplaneapi.cacert"
    /// How the appliance stands, as JSON; that of `appliance-net status --json` in short.
    public static let status = "guestinfo.appliance.status"
}
