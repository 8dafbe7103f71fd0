import Addresses
import Diagnostics
import Files
import NetworkFiles
import NetworkState
import NetworkTestSupport
import TestSupport
import Testing

@Suite(.blocking) struct RollbackTests {
    /// Fails operation after operation until one apply goes through; each failure must leave what was before.
    private func failEveryOperation(
        files: Root? = nil,
        prepare: @escaping @Sendable (NetworkReconciler) throws -> Void,
        change: @escaping @Sendable (NetworkReconciler) throws -> Void
    ) throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler(files: files)
            try prepare(reconciler)
            let before = try TestAppliance.witness()
            var failed = 0
            while true {
                let fatal = failed
                reconciler.beforeOperation = { index, _ in if index == fatal { throw InjectedFailure() } }
                do {
                    try change(reconciler)
                    break
                } catch let error as ApplyError {
                    #expect(error.isRolledBack, "operation \(fatal): \(error)")
                }
                let after = try TestAppliance.witness(wanted: before)
                #expect(after == before, "operation \(fatal)")
                failed += 1
            }
            #expect(failed >= 3)
            #expect(try TestAppliance.witness() != before)
        }
    }

    @Test func fromNothing() throws {
        try failEveryOperation(prepare: { _ in }, change: { try $0.apply(try TestAppliance.configuration()) })
    }

    @Test func fromAnotherConfiguration() throws {
        try failEveryOperation(
            prepare: {
                try $0.apply(
                    try TestAppliance.configuration(ranges: ["10.13.200.64/27"], workloadNetworks: ["10.9.0.0/16"])
                )
                try run("ip", "route", "add", "192.0.2.0/24", "via", "10.13.201.7", "table", "2")
            },
            change: {
                try $0.apply(
                    try TestAppliance.configuration(ranges: ["10.13.200.32/27"], workloadNetworks: ["10.7.0.0/16"])
                )
            }
        )
    }

    @Test func fromAnotherAddress() throws {
        try failEveryOperation(
            prepare: {
                try $0.apply(try TestAppliance.configuration())
                try run("ip", "route", "add", "192.0.2.0/24", "via", "10.13.201.7", "src", "10.13.201.10")
            },
            change: { try $0.apply(try TestAppliance.readdressed()) }
        )
    }

    /// Two addresses, two default routes, another MTU, and files after all that; the kernel's name stays.
    @Test func dualStackWithFiles() throws {
        try withTemporaryDirectory { directory in
            try failEveryOperation(
                files: Root(directory),
                prepare: { _ in },
                change: { try $0.apply(try TestAppliance.named()) }
            )
            #expect(try run("cat", directory + "/etc/hostname") == "haproxy.local\n")
        }
    }

    @Test func down() throws {
        try failEveryOperation(
            prepare: { try $0.apply(try TestAppliance.configuration()) },
            change: { try $0.down() }
        )
    }

    @Test func swappedNames() throws {
        try failEveryOperation(
            prepare: { _ in
                try run("ip", "link", "set", "eth1", "name", "frontend")
                try run("ip", "link", "set", "eth2", "name", "workload")
            },
            change: { try $0.apply(try TestAppliance.configuration()) }
        )
    }

    @Test func bringsBackWhatALinkTookWithIt() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            try reconciler.apply(try TestAppliance.configuration())
            try run("ip", "route", "add", "192.0.2.0/24", "via", "10.13.201.7")
            try run("ip", "address", "add", "fd00:7::1/64", "dev", "workload", "nodad")
            let before = try TestAppliance.witness()
            reconciler.beforeOperation = { index, _ in
                guard index == 1 else { return }
                try run("ip", "link", "set", "workload", "down")
                throw InjectedFailure()
            }
            let error = #expect(throws: ApplyError.self) {
                try reconciler.apply(try TestAppliance.configuration(ranges: ["10.13.200.64/27"]))
            }
            #expect(error?.isRolledBack == true)
            #expect(error?.operation?.description == "- route local 10.13.200.32/27 dev lo table local")
            let after = try TestAppliance.witness(wanted: before)
            #expect(after == before)
        }
    }

    @Test func aFailureInTheMiddleOfABatch() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let before = try TestAppliance.witness()
            let reconciler = try NetworkReconciler()
            // The kernel itself refuses one route of several that go to it together, and takes those behind it.
            reconciler.beforeOperation = { _, operation in
                guard operation.text.hasPrefix("default via 10.13.201.1 ") else { return }
                try run("ip", "address", "delete", "10.13.201.10/24", "dev", "workload")
            }
            let error = #expect(throws: ApplyError.self) { try reconciler.apply(try TestAppliance.configuration()) }
            #expect(error?.isRolledBack == true)
            #expect(error?.operation?.text == "10.13.201.0/24 dev workload table 2 scope link src 10.13.201.10")
            #expect(
                error?.reason
                    == "EINVAL adding route 10.13.201.0/24 dev workload table 2 scope link src 10.13.201.10: "
                    + "Invalid prefsrc address; "
                    + "ENETUNREACH adding route default via 10.13.201.1 dev workload table 2: Nexthop has invalid gateway"
            )
            let after = try TestAppliance.witness(wanted: before)
            #expect(after == before)
        }
    }

    @Test func anAddressChangeKeepsTheRest() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            try reconciler.apply(try TestAppliance.configuration())
            try reconciler.apply(try TestAppliance.readdressed())
            #expect(
                try run("ip", "route", "show", "table", "2").contains("10.13.201.0/24 dev workload")
            )
            #expect(try run("ip", "-o", "-4", "address", "show", "dev", "workload").contains("10.13.201.11/24"))
            #expect(!(try run("ip", "-o", "-4", "address", "show", "dev", "workload")).contains("10.13.201.10/24"))
            #expect(try reconciler.plan(try TestAppliance.readdressed()).isEmpty)
        }
    }
}

extension TestAppliance {
    /// The workload interface has 10.13.201.11 instead of 10.13.201.10.
    static func readdressed() throws -> NetworkConfiguration {
        var configuration = try configuration()
        let address = try #require(InterfaceAddress("10.13.201.11/24"))
        for index in configuration.routeTables.entries.indices
        where configuration.routeTables.entries[index].table.value == 2 {
            configuration.routeTables.entries[index].network.value = address
        }
        for index in configuration.appliance.interfaces.indices
        where configuration.appliance.interfaces[index].role == .workload {
            configuration.appliance.interfaces[index].address?.value = address
        }
        return configuration
    }
}
