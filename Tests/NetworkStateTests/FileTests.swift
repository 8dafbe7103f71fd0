import Addresses
import Diagnostics
import Files
import NetworkFiles
import NetworkState
import NetworkTestSupport
import TestSupport
import Testing

/// Files in the plan, under a root of their own and without a kernel.
@Suite(.blocking) struct FileTests {
    @Test func writesEveryFileAndThenNothing() throws {
        try withTemporaryDirectory { directory in
            let reconciler = try NetworkReconciler(files: Root(directory), kernel: false)
            let configuration = try TestAppliance.named()
            let result = try reconciler.apply(configuration)
            #expect(result.problems == [])
            #expect(
                result.operations.map { $0.description } == [
                    "+ file /etc/hostname", "+ file /etc/hosts", "+ file /etc/resolv.conf",
                    "+ file /etc/sysctl.d/60-appliance-net.conf",
                    "+ file /etc/systemd/network/10-appliance-net-management.link",
                    "+ file /etc/systemd/network/10-appliance-net-workload.link",
                    "+ file /etc/systemd/network/10-appliance-net-frontend.link",
                    "+ file /etc/iproute2/rt_tables.d/appliance-net.conf",
                    "+ file /etc/iproute2/rt_protos.d/appliance-net.conf",
                    "+ file /etc/chrony/sources.d/appliance-net.sources",
                ]
            )
            #expect(try reconciler.plan(configuration).isEmpty)
            #expect(try Self.values(directory, ManagedFile.hostname) == ["haproxy.local"])
            #expect(
                try Self.values(directory, ManagedFile.hosts) == [
                    "127.0.0.1 localhost", "::1 localhost", "10.13.10.199 haproxy.local haproxy # appliance-net",
                    "fd00:10::199 haproxy.local haproxy # appliance-net",
                ]
            )
            #expect(
                try Self.values(directory, ManagedFile.resolver) == [
                    "search corp.example lab.example", "nameserver 172.24.3.1", "nameserver fd00::53",
                ]
            )
            #expect(
                try Self.values(directory, ManagedFile.sysctl) == [
                    "-net.ipv4.conf.management.promote_secondaries = 1",
                    "-net.ipv4.conf.workload.promote_secondaries = 1", "-net.ipv4.conf.workload.rp_filter = 2",
                    "-net.ipv4.conf.frontend.promote_secondaries = 1", "-net.ipv4.conf.frontend.rp_filter = 2",
                ]
            )
            #expect(
                try Self.values(directory, ManagedFile.link(.management)) == [
                    "[Match]", "MACAddress=00:50:56:b4:aa:01", "Type=ether", "[Link]", "Name=management",
                    "MTUBytes=9000",
                ]
            )
            #expect(
                try Self.values(directory, ManagedFile.timeServers) == [
                    "server ntp1.corp.example iburst", "server 10.0.0.9 iburst",
                ]
            )
            #expect(
                try Self.values(directory, IPRoute2Names.tablesPath) == ["2\trtctl_workload", "3\trtctl_frontend"]
            )
        }
    }

    @Test func theAdminsLinesOfHostsStay() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.makeDirectory(directory + "/etc")
            let path = directory + ManagedFile.hosts
            let text = "127.0.0.1 localhost\n\n10.9.9.9 old # appliance-net\n10.0.0.5 nas # mine"
            try AtomicFile.replace(path, with: text, mode: 0o640)
            let reconciler = try NetworkReconciler(files: Root(directory), kernel: false)
            let plan = try reconciler.plan(try TestAppliance.named())
            let change = try #require(plan.operations.first { $0.text == ManagedFile.hosts })
            #expect(change.description == "~ file /etc/hosts")
            #expect(
                change.difference == [
                    "-10.9.9.9 old # appliance-net", "+10.13.10.199 haproxy.local haproxy # appliance-net",
                    "+fd00:10::199 haproxy.local haproxy # appliance-net",
                ]
            )
            try reconciler.apply(try TestAppliance.named())
            #expect(
                try AtomicFile.readText(path) == """
                    127.0.0.1 localhost

                    10.13.10.199 haproxy.local haproxy # appliance-net
                    fd00:10::199 haproxy.local haproxy # appliance-net
                    10.0.0.5 nas # mine

                    """
            )
            #expect(try run("stat", "-c", "%a", path) == "640\n")
        }
    }

    /// What the configuration does not speak of is not ours; what was ours and is not wanted goes.
    @Test func leavesAloneWhatItIsNotAskedFor() throws {
        try withTemporaryDirectory { directory in
            let reconciler = try NetworkReconciler(files: Root(directory), kernel: false)
            try reconciler.apply(try TestAppliance.named())
            var configuration = try TestAppliance.named()
            configuration.appliance = ApplianceFile(
                interfaces: configuration.appliance.interfaces.filter { $0.role != .frontend }
            )
            let before = try AtomicFile.readText(directory + ManagedFile.resolver)
            let result = try reconciler.apply(configuration)
            #expect(
                result.operations.map { $0.description } == [
                    "~ file /etc/sysctl.d/60-appliance-net.conf",
                    "- file /etc/systemd/network/10-appliance-net-frontend.link",
                    "- file /etc/chrony/sources.d/appliance-net.sources",
                ]
            )
            #expect(try AtomicFile.readText(directory + ManagedFile.resolver) == before)
        }
    }

    @Test func healsWhatSomebodyChanged() throws {
        try withTemporaryDirectory { directory in
            let reconciler = try NetworkReconciler(files: Root(directory), kernel: false)
            try reconciler.apply(try TestAppliance.named())
            try AtomicFile.replace(directory + ManagedFile.resolver, with: "nameserver 192.0.2.1\n")
            try run("chmod", "600", directory + ManagedFile.hostname)
            try AtomicFile.remove(directory + ManagedFile.sysctl)
            let plan = try reconciler.plan(try TestAppliance.named())
            #expect(
                plan.operations.map { $0.description } == [
                    "~ file /etc/hostname", "~ file /etc/resolv.conf", "+ file /etc/sysctl.d/60-appliance-net.conf",
                ]
            )
            #expect(plan.operations.first?.difference == ["-mode 600", "+mode 644"])
            try reconciler.apply(try TestAppliance.named())
            #expect(try reconciler.plan(try TestAppliance.named()).isEmpty)
        }
    }

    @Test func whatIsNoFileIsAProblemAndTheRestIsWritten() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.makeDirectory(directory + ManagedFile.hostname)
            let reconciler = try NetworkReconciler(files: Root(directory), kernel: false)
            let result = try reconciler.apply(try TestAppliance.named())
            #expect(result.problems.map { $0.message } == ["file /etc/hostname: it is a directory"])
            #expect(result.operations.count == 9)
        }
    }

    /// An image's absolute links point into the image, not at the files of the machine that builds it.
    @Test func writesNothingOutsideItsRoot() throws {
        try withTemporaryDirectory { directory in
            let outside = directory + "/outside"
            try AtomicFile.makeDirectory(outside)
            try AtomicFile.replace(outside + "/hostname", with: "builder\n")
            try AtomicFile.makeDirectory(directory + "/image/etc")
            try AtomicFile.replaceLink(directory + "/image/etc/hostname", target: outside + "/hostname")
            try AtomicFile.replaceLink(directory + "/image/etc/resolv.conf", target: outside + "/hostname")
            try AtomicFile.replaceLink(directory + "/image/etc/sysctl.d", target: outside)
            let reconciler = try NetworkReconciler(files: Root(directory + "/image"), kernel: false)
            let result = try reconciler.apply(try TestAppliance.named())
            #expect(result.problems.map { $0.object } == [.file, .file])
            #expect(result.problems.allSatisfy { $0.message.contains("lead out of") })
            #expect(result.operations.count == 8)
            #expect(try run("ls", "-A", outside) == "hostname\n")
            #expect(try AtomicFile.readText(outside + "/hostname") == "builder\n")
        }
    }

    /// Every operation fails in turn; each time content, mode, owner, link and absence are what they were.
    @Test func rollsBackExactly() throws {
        try withTemporaryDirectory { directory in
            try run("sh", "-c", Self.mixture, "sh", directory)
            let reconciler = try NetworkReconciler(files: Root(directory), kernel: false)
            let before = try Self.witness(directory)
            var failed = 0
            while true {
                let fatal = failed
                reconciler.beforeOperation = { index, _ in if index == fatal { throw InjectedFailure() } }
                do {
                    try reconciler.apply(try TestAppliance.named())
                    break
                } catch let error as ApplyError {
                    #expect(error.isRolledBack, "operation \(fatal): \(error)")
                }
                #expect(try Self.witness(directory) == before, "operation \(fatal)")
                failed += 1
            }
            #expect(failed == 10)
            #expect(try run("cat", directory + "/stub") == "stub\n")
            #expect(try run("stat", "-c", "%F", directory + ManagedFile.resolver) == "regular file\n")
        }
    }

    /// The first write that the disk refuses takes the others back.
    @Test func rollsBackWhenTheDiskRefuses() throws {
        try withTemporaryDirectory { directory in
            let reconciler = try NetworkReconciler(files: Root(directory), kernel: false)
            let before = try Self.witness(directory)
            let trap = directory + AtomicFile.directory(of: IPRoute2Names.protocolsPath)
            reconciler.beforeOperation = { _, operation in
                guard operation.text == IPRoute2Names.protocolsPath else { return }
                // Neither there nor to be made: it points to nothing.
                try AtomicFile.makeDirectory(AtomicFile.directory(of: trap))
                try AtomicFile.replaceLink(trap, target: "nowhere")
            }
            let error = #expect(throws: ApplyError.self) { try reconciler.apply(try TestAppliance.named()) }
            #expect(error?.isRolledBack == true)
            #expect(error?.reason.contains("ENOENT") == true)
            #expect(error?.operation?.text == IPRoute2Names.protocolsPath)
            try run("rm", "-r", AtomicFile.directory(of: trap))
            try run("rmdir", directory + "/etc")
            #expect(try Self.witness(directory) == before)
        }
    }

    private static let mixture = """
        mkdir -p $1/etc/sysctl.d && cd $1/etc
        printf 'old\\n' >hostname && chmod 600 hostname && chown 7:8 hostname
        printf '127.0.0.1 localhost\\n' >hosts
        printf 'stub\\n' >../stub && ln -s ../stub resolv.conf
        mkdir -p systemd/network
        ln -s nothing systemd/network/10-appliance-net-workload.link
        printf 'other\\n' >../elsewhere && ln -s ../../elsewhere sysctl.d/60-appliance-net.conf
        """

    /// Everything below a directory: kind, mode, owner, link, content.
    private static func witness(_ directory: String) throws -> String {
        try run("sh", "-c", "cd $1 && find . -printf '%p %y %m %U:%G %l\\n' | sort", "sh", directory)
            + run("sh", "-c", "cd $1 && find . -type f -exec grep -H '' {} + | sort", "sh", directory)
    }

    private static func values(_ directory: String, _ path: String) throws -> [String] {
        try #require(try AtomicFile.readText(directory + path)).split(separator: "\n")
            .filter { !$0.hasPrefix("# ") }.map { String($0) }
    }
}

extension TestAppliance {
    /// With everything that goes into files, IPv6 and MTU.
    static func named() throws -> NetworkConfiguration {
        var configuration = try configuration()
        var interfaces = configuration.appliance.interfaces
        interfaces[0] = ApplianceFile.Interface(
            role: .management,
            mac: try mac(.management),
            address: InterfaceAddress("10.13.10.199/24"),
            gateway: IPAddress("10.13.10.1"),
            address6: InterfaceAddress("fd00:10::199/64"),
            gateway6: IPAddress("fd00:10::1"),
            mtu: 9000
        )
        configuration.appliance = ApplianceFile(
            system: ApplianceFile.System(
                hostname: "haproxy.local",
                nameservers: ["172.24.3.1", "fd00::53"].compactMap { IPAddress($0) },
                searchDomains: ["corp.example", "lab.example"],
                ntpServers: ["ntp1.corp.example", "10.0.0.9"]
            ),
            interfaces: interfaces
        )
        return configuration
    }
}
