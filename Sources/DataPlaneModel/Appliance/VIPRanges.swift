internal import Addresses
internal import Diagnostics
internal import Files
internal import Glibc
internal import NetworkFiles
internal import ProxyConfig
internal import Syscalls

extension ServiceRoute {
    static let appliance: [ServiceRoute] = {
        let ranges = ["appliance", "vip_ranges"]
        // A range in CIDR notation has a slash, which clients may or may not encode.
        let items = [ranges + ["{range}"], ranges + ["{range}", "{prefix}"]]
        return of(both, "GET", ["appliance", "status"]) { plane, _ throws(APIError) in try plane.applianceStatus() }
            + of(both, "GET", ["appliance", "quarantine"]) { plane, _ throws(APIError) in try plane.quarantine() }
            .giving("quarantined")
            + of(both, "GET", ranges) { plane, _ throws(APIError) in try plane.listRanges() }
            .giving("vip_range")
            + of(both, "POST", ranges) { plane, call throws(APIError) in try plane.addRange(call) }
            .giving("vip_range").answering(201, 202, 400, 404, 409)
            + items.flatMap { item in
                of(both, "GET", item) { plane, call throws(APIError) in try plane.getRange(call) }
                    .giving("vip_range")
                    + of(both, "DELETE", item) { plane, call throws(APIError) in try plane.removeRange(call) }
                    .answering(202, 204, 404, 409)
            }
    }()
}

/// The ranges of virtual addresses, as `/etc/vmware/anyip-routes.cfg` lists them.
extension DataPlane {
    func listRanges() throws(APIError) -> APIResponse {
        let binds = BindAddresses.all(in: try read { state in state.workspace.file })
        let ranges = try rangesFile().ranges.map { Self.object($0.value, binds) }
        return APIResponse(200, .array(ranges.map { .object($0) }))
    }

    func getRange(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let range = try Self.range(call)
        guard try rangesFile().ranges.contains(where: { $0.value == range }) else {
            throw .missing("VIP range \(range)")
        }
        let binds = BindAddresses.all(in: try read { state in state.workspace.file })
        return APIResponse(200, .object(Self.object(range, binds)))
    }

    /// Adds a range: `{"range": "10.13.200.32/27"}`. In effect when the answer is 201.
    func addRange(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let body = try call.body()
        try body.allow(only: ["range"])
        let text = try body.required("range")
        guard let range = AddressRange(text) else {
            let remedy = "CIDR notation (10.13.200.32/27), or the first and the last address with a hyphen between"
            throw .violation(.pattern, "range in body should be in \(remedy)")
        }
        return try changingFiles { () throws(APIError) in
            var file = try rangesFile()
            guard file.add(range) else { throw .exists("VIP range \(range)") }
            try check(range)
            try write(file)
            var object = Self.object(range, BindAddresses.all(in: try read { state in state.workspace.file }))
            let problem = applyNetwork()
            object["applied"] = .boolean(problem == nil)
            object["problem"] = problem.map { .string($0) }
            var response = APIResponse(problem == nil ? 201 : 202, .object(object))
            response.action = "VIP range \(range) added"
            return response
        }
    }

    /// - Throws: 409 naming the frontends that have binds in it, and would lose their addresses.
    func removeRange(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let range = try Self.range(call)
        return try changingFiles { () throws(APIError) in
            var file = try rangesFile()
            guard file.remove(range) else { throw .missing("VIP range \(range)") }
            let bound = BindAddresses.all(in: try read { state in state.workspace.file }).filter { bind in
                range.contains(bind.address)
            }
            guard bound.isEmpty else {
                throw APIError(409, "VIP range \(range) is in use: \(RangeUse.words(bound))")
            }
            try write(file)
            var response = APIResponse(204)
            if let problem = applyNetwork() {
                let object: JSONValue = [
                    "range": .string("\(range)"), "applied": false, "problem": .string(problem),
                ]
                response = APIResponse(202, object)
            }
            response.action = "VIP range \(range) removed"
            return response
        }
    }

    // MARK: - Parts

    private static func range(_ call: ServiceRequest) throws(APIError) -> AddressRange {
        let prefix = call.arguments["prefix"].map { "/" + $0 } ?? ""
        let text = call.argument("range") + prefix
        guard let range = AddressRange(text) else { throw .missing("VIP range \(text)") }
        return range
    }

    private func rangesFile() throws(APIError) -> AnyIPRoutesFile {
        guard let root = settings.applianceRoot else { throw APIError(404, "this is no appliance: no VIP ranges") }
        let path = root[AnyIPRoutesFile.path]
        let text: String?
        do throws(SystemError) {
            text = try AtomicFile.readText(path)
        } catch {
            throw APIError(500, "the VIP ranges cannot be read: \(error)")
        }
        guard let text else { throw APIError(404, "this is no appliance: there is no \(path)") }
        let parsed = AnyIPRoutesFile.parse(text, file: path)
        if parsed.diagnostics.hasErrors {
            throw APIError(500, parsed.diagnostics.map { $0.rendered }.joined(separator: "\n"))
        }
        return parsed.value
    }

    /// - Throws: 400 for a range that takes somebody's address away, by what the network's files say. Where these cannot be
    ///   read, the service that applies them says why.
    private func check(_ range: AddressRange) throws(APIError) {
        guard let root = settings.applianceRoot, let network = try? NetworkConfiguration.load(root) else { return }
        let problems = network.problems(ofRange: range).filter { $0.severity == .error }
        guard problems.isEmpty else { throw APIError(400, problems.map { $0.message }.joined(separator: "\n")) }
    }

    /// - Throws: 400 for ranges that overlap, or are none of unicast addresses.
    private func write(_ file: AnyIPRoutesFile) throws(APIError) {
        guard let root = settings.applianceRoot else { return }
        let path = root[AnyIPRoutesFile.path]
        let problems = AnyIPRoutesFile.parse(file.text, file: path).diagnostics.filter { $0.severity == .error }
        guard problems.isEmpty else { throw APIError(400, problems.map { $0.message }.joined(separator: "\n")) }
        do throws(SystemError) {
            try AtomicFile.replace(path, with: file.text)
        } catch {
            throw APIError(
                [ENOSPC, EDQUOT].contains(error.code) ? 507 : 500,
                "the VIP ranges were not saved: \(error)"
            )
        }
    }

    /// Has the network made as the files say. The file is saved in any case, and the service reads it when it can.
    ///
    /// - Returns: Why it is not so yet.
    private func applyNetwork() -> String? {
        guard let root = settings.applianceRoot else { return nil }
        do throws(SystemError) {
            let answer = try NetworkService(root: root).ask(.reconcile)
            if let error = answer["error"]?.string { return error }
            let problems = (answer["problems"]?.array ?? []).compactMap { $0.string }
            return problems.isEmpty ? nil : problems.joined(separator: "\n")
        } catch {
            return "the service of the network was not asked to apply it: \(error)"
        }
    }

    private static func object(_ range: AddressRange, _ binds: [BindAddresses.Bind]) -> JSONObject {
        let use = RangeUse(range, binds)
        return [
            "range": .string("\(range)"), "first": .string("\(range.first)"), "last": .string("\(range.last)"),
            "size": Int(exactly: use.size).map { .integer($0) } ?? .number(use.size), "used": .integer(use.used),
            "utilisation": .number(use.utilisation),
            "addresses": .array(
                use.addresses.map { address in
                    [
                        "address": .string("\(address.address)"),
                        "frontends": .array(address.frontends.map { .string($0) }),
                    ]
                }
            ),
        ]
    }
}
