internal import ProxyConfig

extension DataPlane {
    func version(_ request: APIRequest) throws(APIError) -> APIResponse {
        try read { state throws(APIError) in
            var version = state.workspace.version
            if let id = request.parameter("transaction_id") {
                version = try state.workspace.transaction(id, now: state.now, missing: 404).version
            }
            var response = APIResponse(200, .integer(version))
            response.headers.append(("Configuration-Version", String(version)))
            return response
        }
    }

    /// The whole file without its head lines: the version is beside it.
    func readRaw(_ request: APIRequest) throws(APIError) -> APIResponse {
        try view(request) { file in
            var file = file
            file.md5Hash = nil
            file.preamble.removeAll { $0.comment?.hasPrefix("_version=") ?? false }
            return .string(file.text)
        }
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
        return try read { state throws(APIError) in
            if let version, !skipsVersion, version != state.workspace.version { throw .versionMismatch }
            let file = ConfigurationFile(text, file: settings.path)
            if onlyValidates {
                try check(file)
                return Self.raw(202, text, version: state.workspace.version)
            }
            let committed = try commit(file, &state, reload: !skipsReload)
            let isAccepted = !isForced && committed.reload != nil
            return Self.raw(isAccepted ? 202 : 201, text, version: state.workspace.version, committed)
        }
    }

    private func rawText(_ request: APIRequest) throws(APIError) -> String {
        var text: String
        switch request.contentType {
        case "text/plain", nil:
            guard let valid = String(validating: request.body, as: UTF8.self) else {
                throw APIError(400, "invalid configuration: not UTF-8")
            }
            text = valid
        case "application/json":
            guard let value = (try? JSONParser.parse(request.body))?.string else {
                throw APIError(400, "parsing data body from \"\" failed, because it is not a JSON string")
            }
            text = value
        case let type?:
            throw APIError(415, "unsupported media type \"\(type)\", only [text/plain application/json] are allowed")
        }
        guard text.utf8.contains(UInt8(ascii: "\n")) else {
            throw APIError(400, "invalid configuration: no newline character found")
        }
        if text.utf8.last != UInt8(ascii: "\n") { text += "\n" }
        return text
    }

    private static func raw(_ status: Int, _ text: String, version: Int, _ committed: Committed? = nil) -> APIResponse {
        var response = answer(status, nil, version: version, committed)
        response.headers.append(("Content-Type", "application/json"))
        response.body = JSONValue.string(text).utf8 + [UInt8(ascii: "\n")]
        return response
    }
}
