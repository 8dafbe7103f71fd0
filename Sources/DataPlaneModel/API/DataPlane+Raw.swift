internal import ProxyConfig

extension DataPlane {
    func version(_ request: APIRequest) throws(APIError) -> APIResponse {
        let version = try snapshot(request, missing: 404).version
        var response = APIResponse(200, .integer(version))
        response.headers.append(("Configuration-Version", String(version)))
        return response
    }

    /// The whole file without its head lines: the version is beside it.
    func readRaw(_ request: APIRequest) throws(APIError) -> APIResponse {
        let snapshot = try snapshot(request)
        var bare = snapshot.file
        bare.md5Hash = nil
        bare.preamble.removeAll { $0.comment?.hasPrefix("_version=") ?? false }
        let text = bare.text
        let wrapped: JSONValue = ["_version": .integer(snapshot.version), "data": .string(text)]
        return Self.raw(200, text, request, wrapped: wrapped, version: snapshot.version)
    }

    /// Replaces the whole file by the body, in text or in a JSON string.
    func writeRaw(_ request: APIRequest) throws(APIError) -> APIResponse {
        let text = try rawText(request)
        let isForced = try request.flag("force_reload")
        let skipsReload = try request.flag("skip_reload")
        let skipsVersion = try request.flag("skip_version")
        let onlyValidates = try request.flag("only_validate")
        let version = try request.number("version")
        if version == nil, !skipsVersion, !onlyValidates { throw .versionMissing }
        let file = ConfigurationFile(text, file: settings.path)
        if onlyValidates {
            let former = try read { state in state.workspace.version }
            if let version, !skipsVersion, version != former { throw .versionMismatch }
            try check(file)
            return Self.raw(202, text, request, version: former)
        }
        return try turns.alone { () throws(APIError) in
            let former = try read { state in state.workspace.snapshot }
            if let version, !skipsVersion, version != former.version { throw .versionMismatch }
            let time: ReloadTime = skipsReload ? .never : isForced ? .now : .soon
            let committed = try commit(file, over: former, reload: time)
            let isAccepted = !isForced && committed.reload != nil
            let status = isAccepted ? 202 : 201
            return Self.raw(status, text, request, version: committed.version, committed)
        }
    }

    private func rawText(_ request: APIRequest) throws(APIError) -> String {
        var text: String
        let allowed = request.version == .v3 ? ["text/plain"] : ["text/plain", "application/json"]
        switch request.contentType {
        case "text/plain", nil:
            guard let valid = String(validating: request.body, as: UTF8.self) else {
                throw APIError(400, "invalid configuration: not UTF-8")
            }
            text = valid
        case "application/json" where request.version != .v3:
            guard let value = (try? JSONParser.parse(request.body))?.string else {
                throw APIError(400, "parsing data body from \"\" failed, because it is not a JSON string")
            }
            text = value
        case let type?: throw .unsupported(type, allowed: allowed)
        }
        guard text.utf8.contains(UInt8(ascii: "\n")) else {
            throw APIError(400, "invalid configuration: no newline character found")
        }
        if text.utf8.last != UInt8(ascii: "\n") { text += "\n" }
        return text
    }

    /// The text, in JSON for v2 and as it is for v3.
    private static func raw(
        _ status: Int,
        _ text: String,
        _ request: APIRequest,
        wrapped: JSONValue? = nil,
        version: Int,
        _ committed: Committed? = nil
    ) -> APIResponse {
        var response = answer(status, nil, version: version, committed)
        response.headers.append(("Configuration-Checksum", MD5.hexadecimal(text)))
        if request.version == .v3 {
            response.headers.append(("Content-Type", "text/plain"))
            response.body = Array(text.utf8)
        } else {
            response.headers.append(("Content-Type", "application/json"))
            response.body = (wrapped ?? .string(text)).utf8 + [UInt8(ascii: "\n")]
        }
        return response
    }
}
