extension ReloadAnswer {
    /// So many binds are warned of, each in words of its own.
    static let mostWarnings = 20

    /// What whoever made the change should know though it is in effect: what those who follow the listeners said of the
    /// addresses of binds.
    public var warnings: [String] {
        var warnings: [String] = []
        for bind in binds where bind.outcome != .removed {
            if let mac = bind.conflict {
                warnings.append("bind \(bind.name) \(bind.endpoint): another host has this address, \(mac)")
            } else if bind.isOutside {
                warnings.append(
                    "bind \(bind.name) \(bind.endpoint): the address is in no VIP range and has no route of its own"
                )
            }
        }
        if warnings.count > Self.mostWarnings {
            let left = warnings.count - Self.mostWarnings
            warnings = warnings.prefix(Self.mostWarnings) + ["\(left) more binds have such an address"]
        }
        if isLate { warnings.append("the guard has not let the change through yet") }
        return warnings
    }
}
