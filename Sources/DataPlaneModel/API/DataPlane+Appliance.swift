internal import Diagnostics

/// The versions that were in effect, which the original does not have: below `/v3/appliance`, and below `/v2/appliance`
/// the same.
extension ServiceRoute {
    static let history: [ServiceRoute] = {
        let history = ["appliance", "configuration", "history"]
        let item = history + ["{version}"]
        return of(both, "GET", history) { plane, _ throws(APIError) in try plane.listVersions() }
            .giving("kept_version").answering(200)
            + of(both, "GET", item) { plane, call throws(APIError) in try plane.keptVersion(call) }
            .givingText()
            + of(both, "GET", item + ["diff"]) { plane, call throws(APIError) in try plane.showDifference(call) }
            .giving("version_difference", listIn: []).taking("to", "integer").answering(200, 400, 404)
            + of(both, "POST", item + ["restore"]) { plane, call throws(APIError) in try plane.restoreVersion(call) }
            .giving("restored_version").taking("version", "integer").taking("skip_version", "boolean")
            .taking("force_reload", "boolean").carrying(nil).answering(200, 202, 400, 404, 409)
    }()
}

extension DataPlane {
    private static func version(_ call: ServiceRequest) throws(APIError) -> Int {
        let text = call.argument("version")
        guard let version = Int(text), version > 0 else { throw .missing("version \(text) of the configuration") }
        return version
    }

    fileprivate func listVersions() throws(APIError) -> APIResponse {
        let present = try read { state in state.workspace.version }
        let versions: [JSONValue] = try keptVersions().reversed().map { entry in
            [
                "version": .integer(entry.version), "time": .string(entry.timeText),
                "origin": .string(entry.origin.rawValue), "in_effect": .boolean(entry.version == present),
            ]
        }
        return APIResponse(200, .array(versions))
    }

    fileprivate func keptVersion(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let version = try Self.version(call)
        let text = try keptText(version)
        var response = APIResponse(200)
        response.headers.append(("Content-Type", Self.plainText))
        response.headers.append(("Configuration-Checksum", MD5.hexadecimal(text)))
        response.body = EscapedBytes.bytes(text)
        return response
    }

    fileprivate func showDifference(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let version = try Self.version(call)
        let change = try difference(from: version, to: try call.request.number("to"))
        return APIResponse(
            200,
            [
                "from": .integer(version), "to": .integer(change.version),
                "lines": .array(change.lines.map { .string($0) }), "omitted": .integer(change.omitted),
            ]
        )
    }

    /// Needs the version in effect as every change does, `version=N`, or `skip_version=true`.
    fileprivate func restoreVersion(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let version = try Self.version(call)
        let isForced = try call.request.flag("force_reload")
        let skipsVersion = try call.request.flag("skip_version")
        let expected = try call.request.number("version")
        if expected == nil, !skipsVersion { throw .versionMissing }
        let committed = try restore(version, expecting: skipsVersion ? nil : expected)
        let body: JSONValue = ["_version": .integer(committed.version), "restored": .integer(version)]
        let isAccepted = committed.reload != nil && !isForced
        return Self.answer(isAccepted ? 202 : 200, body, version: committed.version, committed)
    }
}

extension ConfigurationHistory.Entry {
    /// RFC 3339, in UTC.
    public var timeText: String { UTCTime(Int64(time)).rfc3339 }
}
