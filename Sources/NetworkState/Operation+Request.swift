import Netlink

extension Operation {
    /// The one netlink request that does it; nil for what takes several steps, or is not done by netlink.
    func request(_ names: InterfaceNames) -> NetlinkRequest? {
        switch action {
        case .addAddress(let address): .add(address, names)
        case .deleteAddress(let address): .delete(address, names)
        case .addRoute(let route): .add(route, names)
        case .replaceRoute(let route): .replace(route, names)
        case .deleteRoute(let route): .delete(route, names)
        case .addRule(let rule): .add(rule)
        case .deleteRule(let rule): .delete(rule)
        default: nil
        }
    }

    /// "Exists already" on add and "is gone already" on delete are success: reading back decides.
    func isDone(despite error: NetlinkError) -> Bool {
        switch verb {
        case .add: error.isAlreadyThere
        case .delete: error.isAlreadyGone
        case .change: false
        }
    }

    /// Whether both may go to the kernel together, which goes on after a failure: nothing is ever taken away after
    /// something failed to come.
    fileprivate func goesTogether(with other: Operation) -> Bool {
        if file != nil, other.file != nil { return true }
        return object == other.object && (verb == .delete) == (other.verb == .delete)
            && isOneRequest && other.isOneRequest
    }

    /// The file that is written; nil for everything else.
    var file: (path: String, content: FileContent)? {
        if case .setFile(let path, _, .file(let content)) = action { (path, content) } else { nil }
    }

    private var isOneRequest: Bool {
        switch object {
        case .address, .route, .rule: true
        default: false
        }
    }
}

extension [Operation] {
    /// The operations in their order, cut into what may go to the kernel together.
    var batches: [ArraySlice<Operation>] {
        var batches: [ArraySlice<Operation>] = []
        var start = 0
        for index in indices where index > start && !self[index - 1].goesTogether(with: self[index]) {
            batches.append(self[start..<index])
            start = index
        }
        if start < count { batches.append(self[start...]) }
        return batches
    }
}
