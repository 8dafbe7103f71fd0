internal import Addresses
internal import ArgumentParser
internal import Diagnostics
internal import Netlink
internal import NetworkFiles

/// A range on the command line, and what the commands that change one have in common.
enum VIPChange {
    static let rangeHelp = ArgumentHelp(
        "A network (10.13.200.32/27), or the first and the last address with - between."
    )

    static func range(_ text: String) throws -> AddressRange {
        guard let range = AddressRange(text) else {
            throw ValidationError("\(text) is no range: \(advice(text)).")
        }
        return range
    }

    /// What somebody may have meant.
    private static func advice(_ text: String) -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if let address = IPAddress(text) { return "write \(IPNetwork(address)) for the one address" }
        if parts.count == 2, let address = IPAddress(parts[0]), let length = Int(parts[1]),
            let network = IPNetwork(containing: address, prefixLength: length)
        {
            return "it is an address in \(network); write that, or \(IPNetwork(address)) for the one address"
        }
        return "write 10.13.200.32/27, or 10.13.200.33-10.13.200.62"
    }

    /// What became of a range, as `--json` shows it.
    struct Result: Encodable {
        var range: String
        /// Whether the file has it.
        var listed: Bool
        /// Whether the change is in effect.
        var applied: Bool
        var problems: [String]
    }

    /// Changes the ranges, tells what became of it, and gives the exit code.
    static func run(
        _ options: RootOptions,
        _ range: AddressRange,
        isAdded: Bool,
        _ edit: (NetworkConfiguration, inout AnyIPRoutesFile) throws -> Void
    ) throws {
        try NetworkCommand.guarded(json: options.json) { () throws -> ExitStatus in
            let problems: [String]?
            do {
                problems = try RangeChange(root: options.directory).run(edit)
            } catch let refused as RangeChange.Refused {
                if options.json { try Console.json(ProblemsJSON(refused.diagnostics)) }
                Console.say(refused.diagnostics)
                return refused.isInput ? .badData : .failed
            }
            let isInEffect = try problems != nil && Self.isServed(range) == isAdded
            if options.json {
                let result = Result(range: "\(range)", listed: isAdded, applied: isInEffect, problems: problems ?? [])
                try Console.json(result)
            } else {
                Console.data("\(isAdded ? "added" : "removed") \(range)")
            }
            for problem in problems ?? [] { Console.say(problem) }
            if problems == nil {
                Console.say("appliance-net down was run: appliance-net up brings it into effect")
                return .ok
            }
            if !isInEffect { Console.say("the file says so, but it is not in effect: see appliance-net status") }
            return isInEffect ? .ok : .failed
        }
    }

    /// Whether the kernel takes the whole range for its own.
    private static func isServed(_ range: AddressRange) throws -> Bool {
        let routes = try NetlinkSocket().routes().filter { $0.table == .local && $0.type == .local }
        let destinations = Set(routes.map { $0.destination })
        return range.networks.allSatisfy { destinations.contains($0) }
    }
}
