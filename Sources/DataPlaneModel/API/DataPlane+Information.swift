internal import Glibc

extension DataPlane {
    func health(_ request: APIRequest) -> APIResponse {
        let state: JSONValue
        switch probe.isUp(asOf: request.arrival, { reloader.isUp() }) {
        case true?: state = "up"
        case false?: state = "down"
        case nil: state = "unknown"
        }
        return APIResponse(200, ["haproxy": state])
    }

    func info() -> APIResponse {
        var name = utsname()
        uname(&name)
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let system: JSONValue = [
            "hostname": .string(Self.text(name.nodename)),
            "os_string": .string("\(Self.text(name.sysname)) \(Self.text(name.release)) \(Self.text(name.version))"),
            "time": .integer(now.tv_sec * 1000 + now.tv_nsec / 1_000_000),
            "uptime": .integer(Self.uptime()),
            "mem_info": MemoryFacts.object,
            "cpu_info": ["num_cpus": .integer(Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))],
        ]
        return APIResponse(200, ["api": ["version": .string(settings.buildVersion)], "system": system])
    }

    /// The paths right below a path, as the original lists them.
    func discovery(_ path: [String]) -> APIResponse {
        var endpoints: [JSONValue] = []
        var seen: Set<String> = []
        let routes = RouteTable.table(path.first == "v3" ? .v3 : .v2).routes.filter { $0.isServed }
        for route in routes where route.path.count > path.count && route.path.starts(with: path) {
            let name = route.path[path.count]
            guard !name.hasPrefix("{"), seen.insert(name).inserted else { continue }
            let url = "/" + route.path[...path.count].joined(separator: "/")
            endpoints.append([
                "title": .string(name), "description": .string(Specification.title(name)), "url": .string(url),
            ])
        }
        return APIResponse(200, .array(endpoints))
    }

    private static func uptime() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return now.tv_sec
    }

    /// The text of a field of `utsname`, which Swift sees as a tuple.
    private static func text<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
