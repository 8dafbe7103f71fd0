import Files
import Syscalls
import TestSupport
import Testing

/// `appliance-net ovf check`: what is told of packages and of properties for them.
@Suite(.blocking) struct OVFCheckTests {
    private static let properties = CommandLineTests.example.replacing("frontend.ovf-env.xml", with: "")

    private static func check(_ arguments: String...) throws -> Subprocess.Result {
        try Subprocess.run([try builtProgram("appliance-net"), "ovf", "check"] + arguments)
    }

    private static func withPackage(
        _ change: (inout TestPackage) -> Void = { _ in },
        _ body: (String) throws -> Void
    ) throws {
        try withTemporaryDirectory { directory in
            var package = TestPackage(directory: directory)
            change(&package)
            try body(try package.pack())
        }
    }

    /// A package that is wrong, and what is told of it.
    struct Fault: Sendable, CustomTestStringConvertible {
        let expected: String
        let change: @Sendable (inout TestPackage) -> Void

        init(_ expected: String, _ change: @escaping @Sendable (inout TestPackage) -> Void) {
            self.expected = expected
            self.change = change
        }

        var testDescription: String { expected }
    }

    @Test func ourOwnPackageIsSound() throws {
        try Self.withPackage { archive in
            for file in [archive, archive.replacing(".ova", with: ".ovf")] {
                let result = try Self.check(file)
                #expect(result.status == 0 && result.output == "valid\n" && result.errors == "", "\(result.errors)")
            }
            for (example, option) in [("default", "default, two adapters"), ("frontend", "frontend, three adapters")] {
                let file = AtomicFile.directory(of: archive) + "/ovf-env.xml"
                let text = try #require(try AtomicFile.readText(Self.properties + "\(example).ovf-env.xml"))
                try AtomicFile.replace(file, with: text, mode: 0o600)
                let result = try Self.check(archive, "--ovf-env", file)
                #expect(result.status == 0 && result.errors == "", "\(result.errors)")
                #expect(result.output.hasPrefix("valid\ndeployment option \(option): "), "\(result.output)")
                // Its passwords are for its owner.
                try run("chmod", "644", file)
                let exposed = try Self.check(archive, "--ovf-env", file)
                #expect(exposed.status == 0)
                #expect(
                    exposed.errors
                        == "\(file): warning: it holds secrets, and others may read it\n    remedy: chmod 600 \(file)\n"
                )
            }
        }
    }

    @Test(
        arguments: [
            // The package.
            Fault(
                "appliance.mf:2:1: error: the digest is not SHA-256",
                { $0.manifest = { $0.replacing("SHA256(d", with: "SHA1(d") } }
            ),
            Fault(
                "appliance.mf:2:20: error: disk.vmdk is not the file that was packed",
                { package in
                    package.manifest = { text in String(text.dropLast(3)) + (text.hasSuffix("00\n") ? "11\n" : "00\n") }
                }
            ),
            Fault("disk.vmdk is not in the manifest", { $0.manifest = { String($0.prefix { $0 != "\n" }) } }),
            Fault(
                "the descriptor has no file other",
                { $0.manifest = { $0 + $0.suffix(84).replacing("disk.vmdk", with: "other") } }
            ),
            Fault("there is no manifest appliance.mf", { $0.members = ["appliance.ovf", "disk.vmdk"] }),
            Fault("the file disk.vmdk is not there", { $0.members = ["appliance.ovf", "appliance.mf"] }),
            Fault(
                "does not begin with its descriptor",
                { $0.members = ["disk.vmdk", "appliance.ovf", "appliance.mf"] }
            ),
            Fault(
                "disk.vmdk has 100000 bytes, and not 99999",
                { $0.descriptor = { $0.replacing("\"100000\"", with: "\"99999\"") } }
            ),
            Fault(
                "does not lie beside the descriptor",
                { $0.descriptor = { $0.replacing("\"disk.vmdk\"", with: "\"../disk\"") } }
            ),
            Fault("disk.vmdk is there twice", { $0.members.append("disk.vmdk") }),
            // The descriptor.
            Fault("appliance.ovf:", { $0.descriptor = { $0.replacing("</Envelope>", with: "") } }),
            Fault(
                "error: there is no deployment option frontend",
                { package in
                    package.descriptor = { $0.replacing("\"frontend\"", with: "\"three\"") }
                }
            ),
            Fault(
                "adapter 1 of the deployment option default is on Workload",
                { package in
                    package.descriptor = { $0.replacing("Connection>Management", with: "Connection>Workload") }
                }
            ),
            Fault(
                "the deployment option default has 3 adapters, and not 2",
                { package in
                    package.descriptor = { $0.replacing("<Item ovf:configuration=\"frontend\">", with: "<Item>") }
                }
            ),
            Fault(
                "error: the machine is not given its properties",
                { package in
                    package.descriptor = { $0.replacing("com.vmware.guestInfo iso", with: "smoke") }
                }
            ),
            Fault(
                "appliance.permit_root_login is of type string",
                { package in
                    package.descriptor = {
                        $0.replacing("ovf:type=\"boolean\" ovf:value=\"true\"", with: "ovf:type=\"string\"")
                    }
                }
            ),
            Fault(
                "appliance.root_pwd is shown in clear",
                {
                    $0.descriptor = {
                        $0.replacing(" ovf:password=\"true\" ovf:value=\"\"", with: " ovf:value=\"hush\"")
                    }
                }
            ),
            Fault(
                "network.hostname cannot be set",
                { package in
                    package.descriptor = {
                        $0.replacing(
                            "ovf:value=\"haproxy.local\" ovf:userConfigurable=\"true\"",
                            with: "ovf:value=\"a\""
                        )
                    }
                }
            ),
        ]
    )
    func aWrongPackageIsTold(_ fault: Fault) throws {
        try Self.withPackage(fault.change) { archive in
            let result = try Self.check(archive)
            #expect(result.status == 65 && result.output.hasPrefix("invalid: "))
            #expect(result.errors.contains(fault.expected), "\(result.errors)")
            #expect(result.errors.contains("remedy: "))
            #expect(!result.errors.contains("hush"))
        }
    }

    /// The caret stands under the name that is wrong.
    @Test func placesAreShown() throws {
        try Self.withPackage({ $0.descriptor = { $0.replacing("ovf:fileRef=\"disk\"", with: "ovf:fileRef=\"disc\"") } })
        {
            let result = try Self.check($0)
            let lines = result.errors.split(separator: "\n", omittingEmptySubsequences: false)
            let index = try #require(lines.firstIndex { $0.contains("there is no file disc for the disk system") })
            #expect(lines[index].contains(".ova:appliance.ovf:"))
            let column = lines[index + 2].prefix { $0 != "^" }.count
            #expect(lines[index + 1].dropFirst(column).hasPrefix("disc\""), "\(result.errors)")
        }
    }

    @Test func moreThanTheDescriptorNamesIsAWarning() throws {
        try Self.withPackage { archive in
            try AtomicFile.replace(AtomicFile.directory(of: archive) + "/more", with: "more")
            try run("tar", "--format=ustar", "-rf", archive, "-C", AtomicFile.directory(of: archive), "more")
            let result = try Self.check(archive)
            #expect(result.status == 0 && result.errors.contains("warning: more is in the archive"), "\(result.errors)")
        }
    }

    @Test func whatIsCutOrNoPackageIsTold() throws {
        try Self.withPackage { archive in
            let bytes = try AtomicFile.read(archive)
            for count in [0, 100, 512, 700, 20_000, bytes.count / 2] {
                try AtomicFile.replace(archive, with: Array(bytes.prefix(count)))
                let result = try Self.check(archive)
                #expect(result.status == 65 && result.errors.contains(archive), "\(count): \(result.errors)")
            }
            // One bit of a header.
            var damaged = bytes
            damaged[
                520 + 512
                    * ((try AtomicFile.read(AtomicFile.directory(of: archive) + "/appliance.ovf").count + 511) / 512)
            ] ^= 1
            try AtomicFile.replace(archive, with: damaged)
            #expect(try Self.check(archive).errors.contains("the archive is damaged behind appliance.ovf"))
            for path in ["/nonexistent.ova", "/dev/null", "/etc", "/etc/hostname"] {
                let result = try Self.check(path)
                #expect(result.status == 65 && result.errors.contains("remedy: "), "\(result.errors)")
            }
        }
    }

    /// What first boot says, and what vSphere would say, together, with the package's problems.
    @Test func propertiesAreCheckedAsFirstBootDoes() throws {
        try Self.withPackage({ $0.members = ["appliance.ovf", "disk.vmdk"] }) { archive in
            let file = AtomicFile.directory(of: archive) + "/p.json"
            let text = """
                {
                  "appliance.permit_root_login": "yes",
                  "network.management_ip": "10.13.10.199/24",
                  "network.management_gateway": "10.13.11.1",
                  "network.workload_ip": "10.13.201.10/33",
                  "loadbalance.service_ip_range": "10.13.10.192/27",
                  "loadbalance.haproxy_user": "wcp",
                  "loadbalance.haproxy_pwd": "short",
                  "appliance.key_type": "p521"
                }
                """
            try AtomicFile.replace(file, with: text)
            let result = try Self.check(archive, "--properties", file)
            #expect(result.status == 65)
            for expected in [
                "there is no manifest", "network.management_gateway = \"10.13.11.1\": it is outside 10.13.10.0/24",
                "p.json:5:", "network.workload_ip", "loadbalance.service_ip_range",
                "loadbalance.haproxy_pwd: it has fewer",
                "appliance.key_type", "appliance.root_pwd: vSphere does not take an empty value",
                "appliance.permit_root_login: vSphere does not take this value",
            ] {
                #expect(result.errors.contains(expected), "\(expected) is not in \(result.errors)")
            }
            // Each once: what first boot says is not said again.
            #expect(result.errors.split(separator: "\n").count { $0.contains(" loadbalance.haproxy_pwd:") } == 1)
            #expect(!result.errors.contains("short"))
            // All of first boot's own, word by word.
            let validate = try Subprocess.run([
                try builtProgram("appliance-net"), "validate", "--properties", file,
            ])
            for line in validate.errors.split(separator: "\n") where line.contains(": error: ") {
                #expect(result.errors.contains(line), "\(line)")
            }
            let json = try Self.check(archive, "--properties", file, "--json")
            #expect(try run("jq", "-c", "[.valid, (.problems | length > 8)]", input: json.output) == "[false,true]\n")
        }
    }

    @Test func propertiesFitTheirDeploymentOption() throws {
        try Self.withPackage { archive in
            let frontend = Self.properties + "frontend.ovf-env.xml"
            let result = try Self.check(archive, "--ovf-env", frontend, "--deployment", "default")
            #expect(result.status == 65)
            #expect(
                result.errors.contains("the machine has 2 adapters, and frontend needs the third"),
                "\(result.errors)"
            )
            #expect(try Self.check(archive, "--ovf-env", frontend, "--deployment", "frontend").status == 0)
            #expect(try Self.check(archive, "--deployment", "both").status == 64)
        }
        // A package that does not ask for what is set.
        try Self.withPackage({ $0.descriptor = { $0.replacing("\"search_domains\"", with: "\"search_domain\"") } }) {
            archive in
            let file = AtomicFile.directory(of: archive) + "/p.json"
            let text = try #require(try AtomicFile.readText(Self.properties + "seed000.properties.json"))
            try AtomicFile.replace(
                file,
                with: text.replacing("{\n  \"network.", with: "{\n  \"network.search_domains\": \"a.b\",\n  \"network.")
            )
            let result = try Self.check(archive, "--properties", file)
            #expect(result.errors.contains("warning: first boot does not know the property network.search_domain"))
            #expect(
                result.errors.contains("network.search_domains: the descriptor does not ask for it"),
                "\(result.errors)"
            )
            #expect(result.status == 65)
        }
    }

    /// The quick start's properties with a frontend by DHCP: they say nothing of three adapters.
    @Test func theDeploymentOptionIsTold() throws {
        try Self.withPackage { archive in
            let file = AtomicFile.directory(of: archive) + "/p.json"
            let text = """
                {
                  "appliance.root_pwd": "hush-hush", "loadbalance.haproxy_user": "wcp", "loadbalance.haproxy_pwd": "hush-hush",
                  "network.management_ip": "10.13.10.199/24", "network.management_gateway": "10.13.10.1",
                  "network.workload_ip": "10.13.201.10/24", "network.workload_gateway": "10.13.201.1",
                  "loadbalance.service_ip_range": "10.13.200.32/27"
                }
                """
            try AtomicFile.replace(file, with: text, mode: 0o600)
            let two = try Self.check(archive, "--properties", file)
            #expect(two.status == 0)
            #expect(
                two.output == "valid\ndeployment option default, two adapters: "
                    + "neither network.frontend_ip nor network.frontend_ip6 is set\n"
            )
            #expect(
                two.errors.contains(
                    "p.json:5:4: warning: loadbalance.service_ip_range = \"10.13.200.32/27\": it is in no network of the "
                        + "deployment option default (10.13.201.0/24)"
                ),
                "\(two.errors)"
            )
            #expect(
                two.errors.contains(
                    "remedy: for a frontend network with an address by DHCP give --deployment frontend; "
                )
            )
            let json = try Self.check(archive, "--properties", file, "--json")
            #expect(try run("jq", "-c", "[.valid, .deployment]", input: json.output) == "[true,\"default\"]\n")
            // What the frontend's lease will bring is not known.
            let three = try Self.check(archive, "--properties", file, "--deployment", "frontend")
            #expect(three.status == 0 && three.errors == "", "\(three.errors)")
            #expect(three.output == "valid\ndeployment option frontend, three adapters: --deployment says so\n")
            // A range in the workload network needs no third adapter.
            try AtomicFile.replace(file, with: text.replacing("10.13.200.32", with: "10.13.201.32"), mode: 0o600)
            #expect(try Self.check(archive, "--properties", file).errors == "")
        }
    }

    /// vSphere would drop it, and the machine would ask for a lease in place of the address.
    @Test func aMisspeltKeyIsRefused() throws {
        try Self.withPackage { archive in
            let file = AtomicFile.directory(of: archive) + "/p.json"
            let text = try #require(try AtomicFile.readText(Self.properties + "seed000.properties.json"))
            let misspelt = text.replacing("network.management_ip", with: "network.managment_ip")
            try AtomicFile.replace(file, with: misspelt, mode: 0o600)
            let program = try builtProgram("appliance-net")
            for command in [["check", archive], ["govc"], ["ovftool", archive, "vi://x"]] {
                let result = try Subprocess.run([program, "ovf"] + command + ["--properties", file])
                #expect(result.status == 65, "\(command)")
                #expect(!result.output.contains("valid\n") || result.output.hasPrefix("invalid: 1 error\n"))
                #expect(
                    result.errors.contains("error: network.managment_ip: there is no such property"),
                    "\(result.errors)"
                )
                #expect(result.errors.contains("remedy: did you mean network.management_ip?"))
            }
            // An environment may hold what is others', and first boot takes it.
            for command in [["ovf", "env"], ["validate"]] {
                let result = try Subprocess.run([program] + command + ["--properties", file])
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.errors.contains("warning: network.managment_ip: there is no such property"))
            }
        }
        // What a package of another version asks for, it is given by vSphere.
        let change = { @Sendable (package: inout TestPackage) in
            package.descriptor = { $0.replacing("\"search_domains\"", with: "\"search_paths\"") }
        }
        try Self.withPackage(change) { archive in
            let file = AtomicFile.directory(of: archive) + "/p.json"
            let text = try #require(try AtomicFile.readText(Self.properties + "seed000.properties.json"))
            let newer = text.replacing("{\n  \"network.", with: "{\n  \"network.search_paths\": \"a.b\",\n  \"network.")
            try AtomicFile.replace(file, with: newer, mode: 0o600)
            let result = try Self.check(archive, "--properties", file)
            #expect(
                result.errors.contains("warning: network.search_paths: there is no such property"),
                "\(result.errors)"
            )
            #expect(!result.errors.contains("error: network.search_paths"))
            // What is printed without the package would lack it.
            let options = try Subprocess.run([try builtProgram("appliance-net"), "ovf", "govc", "--properties", file])
            #expect(options.status == 65 && options.output == "")
        }
    }
}
