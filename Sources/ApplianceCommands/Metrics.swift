/// `status --metrics`: what `status` knows as numbers, in the text exposition format of Prometheus, version 0.0.4.
///
/// Names stay what they are once they are released; docs/cli.md has them all.
struct Metrics {
    enum Kind: String {
        case gauge
        case counter
    }

    /// One of ``all``, with its samples: labels without braces, and a value.
    private struct Family {
        var name: String
        var kind: Kind
        var help: String
        var samples: [(labels: String, value: Int)] = []
    }

    /// Name, kind and meaning of each, in the order in which they are printed.
    static let all: [(name: String, kind: Kind, help: String)] = [
        ("appliance_net_in_sync", .gauge, "1 if the network is as the files want it."),
        ("appliance_net_problems", .gauge, "What is wrong with the network and the service, as status lists it."),
        ("appliance_net_lease_end_seconds", .gauge, "When a lease ends, in seconds since 1970."),
        ("appliance_net_service_up", .gauge, "1 if the service answers; without it what follows is left out."),
        ("appliance_net_service_state", .gauge, "1 for the state that the service is in."),
        ("appliance_net_reconciles_total", .counter, "How often the network was compared with the files."),
        ("appliance_net_repaired_objects_total", .counter, "Objects that others had changed, and that were put right."),
        (
            "appliance_net_certificate_end_seconds", .gauge,
            "When the CA's and the API's certificate end, in seconds since 1970."
        ),
        ("appliance_net_backup_seconds", .gauge, "When the newest recovery bundle was taken, in seconds since 1970."),
        ("appliance_net_backup_brought", .gauge, "1 if the newest recovery bundle is at its target too."),
        ("appliance_net_guard_enabled", .gauge, "1 if the guard is on."),
        ("appliance_net_guard_following", .gauge, "1 if the proxy tells where it listens."),
        ("appliance_net_guard_listeners", .gauge, "Listeners of the proxy that are let through."),
        ("appliance_net_guard_claimed_addresses", .gauge, "Virtual addresses that are answered for."),
        ("appliance_net_guard_conflicts", .gauge, "Addresses that another host has too."),
        (
            "appliance_net_guard_outside_addresses", .gauge,
            "Addresses that the proxy wants, in no range and no network."
        ),
        ("appliance_net_guard_own_addresses", .gauge, "Addresses in no range that have a route of their own."),
        ("appliance_net_guard_protected", .gauge, "1 if the kernel keeps the guard's tables from other programs."),
        ("appliance_net_guard_repairs_total", .counter, "How often others had changed the guard's tables."),
        ("appliance_net_guard_dropped_packets_total", .counter, "Packets that the guard dropped, by reason."),
    ]

    private var families = Metrics.all.map { Family(name: $0.name, kind: $0.kind, help: $0.help) }

    /// - Parameters:
    ///   - problems: Of the network; those of the service are its own.
    ///   - service: nil if it does not run.
    init(isInSync: Bool, problems: Int, leases: [LeaseStatus], service: ServiceStatus?) {
        add("in_sync", isInSync ? 1 : 0)
        add("problems", problems + (service?.problems.count ?? 0))
        for lease in leases {
            guard let until = lease.until else { continue }
            add("lease_end_seconds", Int(until), [("interface", lease.interface), ("source", lease.source)])
        }
        add("service_up", service == nil ? 0 : 1)
        guard let service else { return }
        for state in ["starting", "in-sync", "degraded", "failing", "standby"] {
            add("service_state", state == service.state ? 1 : 0, [("state", state)])
        }
        add("reconciles_total", service.reconcileCount)
        add("repaired_objects_total", service.driftCount)
        for (certificate, end) in service.certificates?.ends ?? [] {
            add("certificate_end_seconds", end, [("certificate", certificate)])
        }
        if let backup = service.backup {
            add("backup_seconds", Int(backup.time))
            add("backup_brought", backup.isOnlyHere ? 0 : 1)
        }
        guard let guarding = service.guarding else { return }
        add("guard_enabled", guarding.enabled ? 1 : 0)
        add("guard_following", guarding.following ? 1 : 0)
        add("guard_listeners", guarding.listeners)
        add("guard_claimed_addresses", guarding.claimed)
        add("guard_conflicts", guarding.conflicts.count)
        add("guard_outside_addresses", guarding.outside.count)
        add("guard_own_addresses", guarding.ownAddresses.count)
        add("guard_protected", guarding.isProtected ? 1 : 0)
        add("guard_repairs_total", guarding.repairs)
        for (reason, packets) in guarding.drops.sorted(by: { $0.key < $1.key }) {
            add("guard_dropped_packets_total", packets, [("reason", reason)])
        }
    }

    private mutating func add(_ name: String, _ value: Int, _ labels: [(String, String)] = []) {
        guard let index = families.firstIndex(where: { $0.name == "appliance_net_" + name }) else { return }
        // Roles, states, sources and reasons are words of ours: nothing in them needs a backslash.
        families[index].samples.append((labels.map { "\($0)=\"\($1)\"" }.joined(separator: ","), value))
    }

    /// Every family that has samples.
    var text: String {
        families.filter { !$0.samples.isEmpty }.map { family in
            "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
                + family.samples.map { labels, value in
                    family.name + (labels.isEmpty ? "" : "{\(labels)}") + " \(value)\n"
                }.joined()
        }.joined()
    }
}
