/// What the properties ask for, typed and checked. ``SettingsReader`` makes it.
public struct Settings: Sendable, Hashable {
    public var appliance: ApplianceSettings
    public var network: NetworkSettings
    public var loadBalance: LoadBalanceSettings
    public var recovery: RecoveryProperties

    public init(
        appliance: ApplianceSettings,
        network: NetworkSettings,
        loadBalance: LoadBalanceSettings,
        recovery: RecoveryProperties = RecoveryProperties()
    ) {
        self.appliance = appliance
        self.network = network
        self.loadBalance = loadBalance
        self.recovery = recovery
    }
}
