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
            for example in ["default.ovf-env.xml", "frontend.ovf-env.xml"] {
                let result = try Self.check(archive, "--ovf-env", Self.properties + example)
                #expect(result.status == 0 && result.errors == "", "\(result.errors)")
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
}
