import Appliance
@testable import ApplianceCommands
import Files
import OVF
import Syscalls
import TestSupport
import Testing

/// `appliance-net ovf env`, `govc` and `ovftool`: what they print is what was given.
@Suite(.blocking) struct DeploymentTests {
    private static let example = CommandLineTests.example.replacing(
        "frontend.ovf-env.xml",
        with: "seed000.properties.json"
    )

    private static func print(_ arguments: String...) throws -> Subprocess.Result {
        try Subprocess.run([try builtProgram("appliance-net"), "ovf"] + arguments)
    }

    /// Properties without adapters, as they are before there is a machine.
    private static func withProperties(_ more: [String: String], _ body: (String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            var values = [
                "appliance.root_pwd": "root's \"$password\" `&` \\", "network.management_ip": "10.13.10.199/24",
                "network.management_gateway": "10.13.10.1", "network.workload_ip": "10.13.201.10/24",
                "network.workload_gateway": "10.13.201.1", "loadbalance.service_ip_range": "10.13.201.128/26",
                "loadbalance.haproxy_user": "wcp", "loadbalance.haproxy_pwd": "p<&>\"'; $(touch x)",
                "recovery.target": "/srv/it's$HOME;`x`",
            ]
            values.merge(more) { $1 }
            let properties = values.sorted { $0.key < $1.key }.map { OVFProperty($0.key, $0.value) }
            let json = OVFEnvironment(file: "", properties: properties).json { _ in true }
            let file = directory + "/p.json"
            try AtomicFile.replace(file, with: json)
            try body(file)
        }
    }

    @Test func anEnvironmentIsAccepted() throws {
        try withTemporaryDirectory { directory in
            let file = directory + "/ovf-env.xml"
            let result = try Self.print("env", "--properties", Self.example, "--out", file)
            #expect(result.status == 0 && result.output == "", "\(result.errors)")
            #expect(try run("stat", "-c", "%a", file) == "600\n")
            let validate = [try builtProgram("appliance-net"), "validate", "--ovf-env", file]
            let valid = try Subprocess.run(validate)
            #expect(valid.status == 0 && valid.output == "valid\n", "\(valid.errors)")
            // Once more is the same, and so are the settings.
            #expect(try Self.print("env", "--ovf-env", file).output == AtomicFile.readText(file))
            let given = try OVFEnvironment(json: try AtomicFile.read(Self.example), file: "")
            let taken = try OVFEnvironment(xml: try AtomicFile.read(file), file: "")
            #expect(SettingsReader.read(given).settings == SettingsReader.read(taken).settings)
            #expect(SettingsReader.read(given).settings != nil)
        }
    }

    @Test func wrongPropertiesPrintNothing() throws {
        try Self.withProperties(["network.workload_gateway": "10.0.0.1", "loadbalance.dataplane_port": "0"]) { file in
            for arguments in [["env"], ["govc"], ["ovftool", "a.ova", "vi://x"]] {
                let result = try Subprocess.run(
                    [try builtProgram("appliance-net"), "ovf"] + arguments + ["--properties", file]
                )
                #expect(result.status == 65 && result.output == "")
                #expect(result.errors.contains("workload_gateway") && result.errors.contains("dataplane_port"))
            }
        }
        for arguments in [["env"], ["govc"], ["ovftool", "a.ova", "vi://x"]] {
            #expect(try Subprocess.run([try builtProgram("appliance-net"), "ovf"] + arguments).status == 64)
        }
    }

    @Test func theSpecificationHasEverything() throws {
        try Self.withProperties(["appliance.permit_root_login": "no"]) { file in
            let result = try Self.print(
                "govc",
                "--properties",
                file,
                "--network",
                "management=DVPG \"Management\"",
                "--name",
                "lb 1",
                "--power-on"
            )
            #expect(result.status == 0, "\(result.errors)")
            func query(_ query: String) throws -> String { try run("jq", "-r", query, input: result.output) }
            #expect(
                try query("[.Deployment, .DiskProvisioning, .IPAllocationPolicy, .IPProtocol, .Name] | join(\" \")")
                    == "default thin dhcpPolicy IPv4 lb 1\n"
            )
            #expect(
                try query("[.PowerOn, .MarkAsTemplate, .InjectOvfEnv, .WaitForIP] | join(\" \")")
                    == "true false false false\n"
            )
            #expect(
                try query(".NetworkMapping[] | .Name + \"=\" + .Network")
                    == "Management=DVPG \"Management\"\nWorkload=Workload\n"
            )
            func value(_ key: String) throws -> String {
                try query(".PropertyMapping[] | select(.Key == \"\(key)\") | .Value")
            }
            #expect(try value("loadbalance.haproxy_pwd") == "p<&>\"'; $(touch x)\n")
            #expect(try value("appliance.permit_root_login") == "False\n")
            #expect(try value("loadbalance.dataplane_port") == "5556\n")
            // All that the descriptor has for this deployment option, and no other.
            let descriptor = try OVFDescriptor(Array(try TestPackage.template.utf8), file: "")
            let asked = descriptor.properties.filter { $0.configurations.isEmpty }.map { $0.key }.sorted()
            #expect(try query("[.PropertyMapping[].Key] | sort | .[]") == asked.map { $0 + "\n" }.joined())
        }
        let three = try Self.print("govc", "--properties", Self.example)
        #expect(
            try run("jq", "-c", "[.Deployment, (.PropertyMapping | length)]", input: three.output)
                == "[\"frontend\",\(PropertyKey.allCases.count)]\n"
        )
        #expect(try Self.print("govc", "--properties", Self.example, "--network", "Other=x").status == 64)
        #expect(
            try Self.print("govc", "--properties", Self.example, "--network", "Workload=a", "--network", "Workload=b")
                .status == 64
        )
    }

    /// Run by sh, the line gives ovftool every word as it is, and there is no secret in it.
    @Test func theCommandLineIsQuoted() throws {
        try Self.withProperties(["network.frontend_ip": "10.13.200.10/24", "network.frontend_gateway": "10.13.200.1"]) {
            file in
            let result = try Self.print(
                "ovftool",
                "my app.ova",
                "vi://me@vc/It's/host/C",
                "--properties",
                file,
                "--network",
                "Frontend=a $b's",
                "--name",
                "lb",
                "--datastore",
                "ds 1",
                "--power-on"
            )
            #expect(result.status == 0, "\(result.errors)")
            #expect(!result.output.contains("password") && !result.output.contains("touch"))
            #expect(result.errors.contains("APPLIANCE_ROOT_PWD, LOADBALANCE_HAPROXY_PWD"))
            let directory = AtomicFile.directory(of: file)
            try AtomicFile.replace(directory + "/ovftool", with: "#!/bin/sh\nprintf '%s\\n' \"$@\"\n", mode: 0o755)
            let environment = ["PATH=\(directory):/usr/bin:/bin"]
            let secrets = ["APPLIANCE_ROOT_PWD=a 'b' \"c\"", "LOADBALANCE_HAPROXY_PWD=$(d) `e`"]
            let ran = try Subprocess.run(["sh", "-c", result.output], environment: environment + secrets)
            #expect(ran.status == 0, "\(ran.errors)")
            #expect(
                ran.output.split(separator: "\n") == [
                    "--name=lb", "--diskMode=thin", "--deploymentOption=frontend", "--datastore=ds 1", "--powerOn",
                    "--net:Management=Management", "--net:Workload=Workload", "--net:Frontend=a $b's",
                    "--prop:appliance.root_pwd=a 'b' \"c\"", "--prop:network.management_ip=10.13.10.199/24",
                    "--prop:network.management_gateway=10.13.10.1", "--prop:network.workload_ip=10.13.201.10/24",
                    "--prop:network.workload_gateway=10.13.201.1", "--prop:network.frontend_ip=10.13.200.10/24",
                    "--prop:network.frontend_gateway=10.13.200.1",
                    "--prop:loadbalance.service_ip_range=10.13.201.128/26",
                    "--prop:loadbalance.haproxy_user=wcp", "--prop:loadbalance.haproxy_pwd=$(d) `e`",
                    "--prop:recovery.target=/srv/it's$HOME;`x`",
                    "my app.ova", "vi://me@vc/It's/host/C",
                ]
            )
            // A secret that is missing is not an empty one.
            let missing = try Subprocess.run(["sh", "-c", result.output], environment: environment + [secrets[0]])
            #expect(missing.status != 0 && missing.output == "" && missing.errors.contains("LOADBALANCE_HAPROXY_PWD"))
        }
    }

    /// A port group for the frontend network is a third adapter, or an error; it is never dropped.
    @Test func aPortGroupAsksForItsNetwork() throws {
        try Self.withProperties([:]) { file in
            let frontend = ["--network", "Frontend=DVPG-F", "--properties", file]
            func print(_ arguments: [String]) throws -> Subprocess.Result {
                try Subprocess.run([try builtProgram("appliance-net"), "ovf"] + arguments)
            }
            let line = try print(["ovftool", "a.ova", "vi://x"] + frontend)
            #expect(line.status == 0, "\(line.errors)")
            #expect(line.output.contains("--deploymentOption=frontend "))
            #expect(line.output.contains("--net:Frontend=DVPG-F "))
            #expect(
                line.errors.contains(
                    "deployment option frontend, three adapters: --network gives Frontend a port group\n"
                )
            )
            let options = try print(["govc"] + frontend)
            #expect(
                try run("jq", "-c", "[.Deployment, .NetworkMapping[2].Network]", input: options.output)
                    == "[\"frontend\",\"DVPG-F\"]\n"
            )
            let refused = try print(["govc", "--deployment", "default"] + frontend)
            #expect(refused.status == 64 && refused.output == "")
            #expect(refused.errors.contains("give --deployment frontend"), "\(refused.errors)")
            let plain = try print(["govc", "--properties", file])
            #expect(plain.errors.contains("deployment option default, two adapters: neither network.frontend_ip nor "))
        }
        // A machine of two adapters has none for it.
        let two = CommandLineTests.example.replacing("frontend.ovf-env.xml", with: "default.ovf-env.xml")
        let refused = try Self.print("govc", "--ovf-env", two, "--network", "Frontend=x")
        #expect(refused.status == 64 && refused.output == "")
        #expect(refused.errors.contains("name 2 adapters, and none for it"), "\(refused.errors)")
    }

    @Test(arguments: [
        ("", "''"), ("a-b_c.d/e:f,g@h+1", "a-b_c.d/e:f,g@h+1"), ("it's", #"'it'\''s'"#), ("ä", "'ä'"), ("~", "'~'"),
    ])
    func wordsAreQuoted(_ word: String, _ quoted: String) { #expect(OVFToolLine.quoted(word) == quoted) }

    @Test func largeMembersHaveBinarySizes() throws {
        var block = [UInt8](repeating: 0, count: 512)
        block.replaceSubrange(0..<1, with: "d".utf8)
        block[124] = 0x80
        block[131] = 1
        block[156] = UInt8(ascii: "0")
        #expect(TarHeader(block)?.size == 1 << 32)
        #expect(TarHeader(block)?.isFile == true)
        #expect(!TarHeader.isSound(block))
    }
}
