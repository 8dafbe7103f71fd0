import Appliance
import TestSupport
import Testing

/// `ovf/appliance.ovf`: what vSphere asks for is what first boot reads. Read by another XML parser than ours.
@Suite(.blocking) struct DescriptorTests {
    private static let path =
        String(#filePath.dropLast("Tests/ApplianceTests/DescriptorTests.swift".count))
        + "ovf/appliance.ovf"

    /// `class.key type password configurable label` of each property, one a line.
    private static func properties() throws -> [String] {
        let script = """
            import sys, xml.etree.ElementTree as tree
            e = "{http://schemas.dmtf.org/ovf/envelope/1}"
            for section in tree.parse(sys.argv[1]).iter(e + "ProductSection"):
                for p in section.iter(e + "Property"):
                    print(section.get(e + "class") + "." + p.get(e + "key"), p.get(e + "type"),
                          p.get(e + "password", "false"), p.get(e + "userConfigurable"), p.find(e + "Label").text)
            """
        return try run("python3", "-c", script, path).split(separator: "\n").map { String($0) }
    }

    @Test func asksForEveryPropertyOnce() throws {
        let keys = try Self.properties().compactMap { $0.split(separator: " ").first }
        #expect(Set(keys.map { String($0) }) == Set(PropertyKey.allCases.map { $0.rawValue }))
        #expect(Set(keys).count == keys.count)
    }

    @Test func hidesWhatIsSecretAndOffersEverything() throws {
        for line in try Self.properties() {
            let words = line.split(separator: " ")
            let definition = try #require(PropertyKey(rawValue: String(words[0])).flatMap { PropertySchema[$0] })
            // Keys are pasted as the former appliance's: a password field takes one line.
            #expect((words[2] == "true") == [.password, .passphrase].contains(definition.kind), "\(line)")
            #expect(words[3] == "true", "\(line)")
        }
    }

    /// Scripts that deploy the former appliance go on: whatever they, the wizard and vCenter see of a property. Each line is
    /// key, type, whether it is a password, qualifiers, default, deployment option, category and label.
    @Test func keepsTheFormerOnes() throws {
        let script = """
            import sys, xml.etree.ElementTree as tree
            e = "{http://schemas.dmtf.org/ovf/envelope/1}"
            for section in tree.parse(sys.argv[1]).iter(e + "ProductSection"):
                category = None
                for p in section:
                    if p.tag == e + "Category": category = p.text
                    if p.tag == e + "Property" and category and category[0] in "123":
                        print(section.get(e + "class") + "." + p.get(e + "key"), p.get(e + "type"), p.get(e + "password", "-"),
                              p.get(e + "qualifiers", "-"), p.get(e + "value") or "-", p.get(e + "configuration", "-"),
                              category, p.find(e + "Label").text, sep="|")
            """
        let expected = """
            appliance.root_pwd|string|true|MinLen(6) MaxLen(128)|-|-|1. Appliance Configuration|1.1. Root Password
            appliance.permit_root_login|boolean|-|-|true|-|1. Appliance Configuration|1.2. Permit Root Login
            appliance.ca_cert|string|-|MinLen(0) MaxLen(65535)|-|-|1. Appliance Configuration\
            |1.3. TLS Certificate Authority Certificate (ca.crt)
            appliance.ca_cert_key|string|-|MinLen(0) MaxLen(65535)|-|-|1. Appliance Configuration\
            |1.4. TLS Certificate Authority Private Key (ca.key)
            network.hostname|string|-|-|haproxy.local|-|2. Network Config|2.1. Host Name
            network.nameservers|string|-|-|-|-|2. Network Config|2.2. DNS
            network.management_ip|string|-|-|-|-|2. Network Config|2.3. Management IP
            network.management_gateway|string|-|-|-|-|2. Network Config|2.4. Management Gateway
            network.workload_ip|string|-|-|-|-|2. Network Config|2.5. Workload IP
            network.workload_gateway|string|-|-|-|-|2. Network Config|2.6. Workload Gateway
            network.additional_workload_networks|string|-|-|-|-|2. Network Config|2.7. Additional Workload Networks
            network.frontend_ip|string|-|-|-|frontend|2. Network Config|2.8. Frontend IP
            network.frontend_gateway|string|-|-|-|frontend|2. Network Config|2.9. Frontend Gateway
            loadbalance.service_ip_range|string|-|-|-|-|3. Load Balancing|3.1. Load Balancer IP Ranges
            loadbalance.dataplane_port|int|-|MinValue(1) MaxValue(65535)|5556|-|3. Load Balancing\
            |3.2. Dataplane API Management Port
            loadbalance.haproxy_user|string|-|-|-|-|3. Load Balancing|3.3. HAProxy User ID
            loadbalance.haproxy_pwd|string|true|MinLen(0) MaxLen(128)|-|-|3. Load Balancing|3.4. HAProxy Password

            """
        #expect(try run("python3", "-c", script, Self.path) == expected)
    }

    /// The machine that vSphere makes: hardware version and guest type that ESXi 6.7 U2 knows, both deployment options, and each
    /// item by resource type with what says how it is.
    @Test func isTheFormerMachine() throws {
        let script = """
            import sys, xml.etree.ElementTree as tree
            e = "{http://schemas.dmtf.org/ovf/envelope/1}"
            r = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData}"
            s = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData}"
            v = "{http://www.vmware.com/schema/ovf}"
            root = tree.parse(sys.argv[1])
            hardware = next(root.iter(e + "VirtualHardwareSection"))
            def settings(element): return [c.get(v + "key") + "=" + c.get(v + "value") for c in element.findall(v + "Config")]
            print(next(root.iter(s + "VirtualSystemType")).text, next(root.iter(e + "OperatingSystemSection")).get(v + "osType"))
            print("transport", hardware.get(e + "transport"))
            print("networks", *[n.get(e + "name") for n in root.iter(e + "Network")])
            for c in root.iter(e + "Configuration"): print("option", c.get(e + "id"), c.get(e + "default", "-"))
            for d in root.iter(e + "Disk"): print("disk", d.get(e + "capacity"), d.get(e + "capacityAllocationUnits"))
            for item in hardware.iter(e + "Item"):
                words = [item.findtext(r + name) for name in ("VirtualQuantity", "AllocationUnits", "ResourceSubType", "Connection")]
                place = item.findtext(r + "AddressOnParent") if item.findtext(r + "Connection") else None
                print("item", item.findtext(r + "ResourceType"), *[w for w in words + [place, item.get(e + "configuration")] if w],
                      *settings(item))
            print(*settings(hardware), sep="\\n")
            """
        let expected = """
            vmx-15 debian10_64Guest
            transport com.vmware.guestInfo iso
            networks Management Workload Frontend
            option default true
            option frontend -
            disk 20 byte * 2^30
            item 3 2 hertz * 10^6
            item 4 4096 byte * 2^20
            item 6 VirtualSCSI
            item 5
            item 17
            item 15
            item 10 VmxNet3 Management 7 slotInfo.pciSlotNumber=160
            item 10 VmxNet3 Workload 8 slotInfo.pciSlotNumber=192
            item 10 VmxNet3 Frontend 9 frontend slotInfo.pciSlotNumber=224
            cpuHotAddEnabled=true
            memoryHotAddEnabled=true
            tools.syncTimeWithHost=false
            virtualICH7MPresent=false

            """
        #expect(try run("python3", "-c", script, Self.path) == expected)
    }
}
