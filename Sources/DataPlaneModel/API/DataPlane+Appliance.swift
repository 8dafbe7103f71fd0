internal import Glibc

/// What the original does not have: below `/v3/appliance`, and below `/v2/appliance` the same.
extension DataPlane {
    /// - Returns: nil if the path is not one of these.
    func appliance(_ request: APIRequest) throws(APIError) -> APIResponse? {
        guard request.path.count > 1, request.path[1] == "appliance" else { return nil }
        let path = Array(request.path.dropFirst(2))
        guard path.starts(with: ["configuration", "history"]) else { return nil }
        switch path.count {
        case 2: return try allow(request, "GET") { () throws(APIError) in try listVersions() }
        case 3:
            let version = try Self.version(path[2])
            return try allow(request, "GET") { () throws(APIError) in try keptVersion(version, request) }
        case 4 where path[3] == "diff":
            let version = try Self.version(path[2])
            return try allow(request, "GET") { () throws(APIError) in try showDifference(version, request) }
        case 4 where path[3] == "restore":
            let version = try Self.version(path[2])
            return try allow(request, "POST") { () throws(APIError) in try restoreVersion(version, request) }
        default: return nil
        }
    }

    private func allow(
        _ request: APIRequest,
        _ method: String,
        _ body: () throws(APIError) -> APIResponse
    ) throws(APIError) -> APIResponse {
        if request.method == method || request.method == "HEAD" && method == "GET" { return try body() }
        var error = APIError(405, "method \(request.method) is not allowed, but [\(method)] are")
        error.allow = [method]
        throw error
    }

    private static func version(_ text: String) throws(APIError) -> Int {
        guard let version = Int(text), version > 0 else { throw .missing("version \(text) of the configuration") }
        return version
    }

    private func listVersions() throws(APIError) -> APIResponse {
        let present = try read { state in state.workspace.version }
        let versions: [JSONValue] = try keptVersions().reversed().map { entry in
            [
                "version": .integer(entry.version), "time": .string(entry.timeText),
                "origin": .string(entry.origin.rawValue), "in_effect": .boolean(entry.version == present),
            ]
        }
        return APIResponse(200, .array(versions))
    }

    private func keptVersion(_ version: Int, _ request: APIRequest) throws(APIError) -> APIResponse {
        let text = try keptText(version)
        var response = APIResponse(200)
        response.headers.append(("Content-Type", Self.plainText))
        response.headers.append(("Configuration-Checksum", MD5.hexadecimal(text)))
        response.body = EscapedBytes.bytes(text)
        return response
    }

    private func showDifference(_ version: Int, _ request: APIRequest) throws(APIError) -> APIResponse {
        let change = try difference(from: version, to: try request.number("to"))
        return APIResponse(
            200,
            [
                "from": .integer(version), "to": .integer(change.version),
                "lines": .array(change.lines.map { .string($0) }), "omitted": .integer(change.omitted),
            ]
        )
    }

    /// Needs the version in effect as every change does, `version=N`, or `skip_version=true`.
    private func restoreVersion(_ version: Int, _ request: APIRequest) throws(APIError) -> APIResponse {
        let isForced = try request.flag("force_reload")
        let skipsVersion = try request.flag("skip_version")
        let expected = try request.number("version")
        if expected == nil, !skipsVersion { throw .versionMissing }
        let committed = try restore(version, expecting: skipsVersion ? nil : expected)
        let body: JSONValue = ["_version": .integer(committed.version), "restored": .integer(version)]
        let isAccepted = committed.reload != nil && !isForced
        return Self.answer(isAccepted ? 202 : 200, body, version: committed.version, committed)
    }
}

extension ConfigurationHistory.Entry {
    /// RFC 3339, in UTC.
    public var timeText: String {
        var seconds = time_t(time)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        return "\(day)T\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))Z"
    }
}
