public import Discovery
public import NetworkFiles

extension GuardPolicy {
    /// What it says of addresses that other hosts have.
    public var claimSettings: ClaimMachine.Settings {
        var settings = ClaimMachine.Settings()
        settings.policy =
            switch conflict {
            case .refuse: .refuse
            case .warn: .warn
            case .off: .off
            }
        settings.timing =
            switch probe {
            case .fast: .fast
            case .rfc5227: .rfc5227
            }
        return settings
    }
}
