extension ReloadAnswer {
    /// What whoever made the change should know though it is in effect: what those who follow the listeners said of the
    /// addresses of its binds.
    public var warnings: [String] {
        var warnings: [String] = []
        for bind in binds where bind.outcome != .removed {
            if let mac = bind.conflict {
                warnings.append("bind \(bind.name) \(bind.endpoint): another host has this address, \(mac)")
            } else if bind.isOutside {
                warnings.append(
                    "bind \(bind.name) \(bind.endpoint): the address is in no VIP range and on no network of the appliance"
                )
            }
        }
        if isLate { warnings.append("the guard has not let the change through yet") }
        return warnings
    }
}
