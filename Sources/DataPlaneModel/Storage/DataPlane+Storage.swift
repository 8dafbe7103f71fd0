internal import Files
internal import ProxyConfig

extension ServiceRoute {
    static let storage: [ServiceRoute] = StorageKind.allCases.flatMap { routes($0) }

    private static func routes(_ kind: StorageKind) -> [ServiceRoute] {
        let path = ["services", "haproxy", "storage", kind.rawValue]
        let item = path + ["{name}"]
        let read =
            of(both, "GET", path) { plane, _ throws(APIError) in try plane.listStored(kind) }
            + of(both, "GET", item) { plane, call throws(APIError) in try plane.getStored(kind, call) }
        var upload = of(both, "POST", path) { plane, call throws(APIError) in try plane.upload(kind, call) }
            .carrying(.upload).answering(201, 202, 400, 409)
        var delete = of(both, "DELETE", item) { plane, call throws(APIError) in try plane.deleteStored(kind, call) }
            .answering(202, 204, 404, 409)
        let replace = both.flatMap { version in
            // An oddity of the original.
            let isForm = kind == .general && version == "v3"
            return of([version], "PUT", item) { plane, call throws(APIError) in try plane.replaceStored(kind, call) }
                .carrying(isForm ? .upload : .text).answering(200, 202, 204, 400, 404)
        }.taking("skip_reload", "boolean").taking("force_reload", "boolean")
        if kind == .certificates {
            upload = upload.taking("force_reload", "boolean").taking("skip_reload", "boolean", only: "v3")
            delete = delete.taking("force_reload", "boolean").taking("skip_reload", "boolean")
        }
        return (read + upload + replace + delete).giving("stored_file").map { route in
            var route = route
            // The file itself.
            if route.method == "GET", route.path.last == "{name}", kind != .certificates {
                route.schema = ["type": "file"]
            }
            return route
        }
    }
}

/// Files beside haproxy.cfg: maps, certificates, anything else.
extension DataPlane {
    func listStored(_ kind: StorageKind) throws(APIError) -> APIResponse {
        var objects: [JSONValue] = []
        for file in try StoredFile.list(kind, kind.directory(settings.directories)) {
            objects.append(.object(try description(of: file)))
        }
        return APIResponse(200, .array(objects))
    }

    /// Stores the file `file_upload` of a form. A reload follows only where haproxy.cfg speaks of it already.
    func upload(_ kind: StorageKind, _ call: ServiceRequest) throws(APIError) -> APIResponse {
        let uploaded = try form(call)
        guard let name = StoredFile.sanitized(uploaded.name) else {
            throw .violation(.pattern, "the file's name cannot be used: \(uploaded.name.prefix(200))")
        }
        let file = try StoredFile(kind, kind.directory(settings.directories), named: name)
        return try changingFiles { () throws(APIError) in
            guard try file.size() == nil else { throw .exists("file \(name)") }
            let content = try accepted(Array(uploaded.content), kind)
            let wish = try ReloadWish(call)
            try file.write(content)
            let reload = try reloadIfUsed(file, former: nil, wish)
            return answer(reload == nil ? 201 : 202, try description(of: file), reload)
        }
    }

    func getStored(_ kind: StorageKind, _ call: ServiceRequest) throws(APIError) -> APIResponse {
        let file = try stored(kind, call)
        // Never the content: it holds the key.
        if kind == .certificates { return APIResponse(200, .object(try description(of: file))) }
        var response = APIResponse(200)
        response.body = try file.read()
        response.headers.append(("Content-Type", "application/octet-stream"))
        response.headers.append(("Content-Disposition", "attachment; filename=\"\(file.name)\""))
        return response
    }

    /// Puts the body in the place of a file that is there.
    func replaceStored(_ kind: StorageKind, _ call: ServiceRequest) throws(APIError) -> APIResponse {
        let file = try stored(kind, call)
        let content: [UInt8]
        switch call.request.contentType {
        case "multipart/form-data": content = Array(try form(call).content)
        case "text/plain", "application/octet-stream", nil: content = call.request.body
        case let type?:
            throw APIError(415, "unsupported media type \"\(type)\", only [text/plain multipart/form-data] are allowed")
        }
        return try changingFiles { () throws(APIError) in
            let wish = try ReloadWish(call)
            let content = try accepted(content, kind)
            let former = try file.keep()
            defer { former.discard() }
            try file.write(content)
            let reload = try reloadIfUsed(file, former: former, wish)
            let object = kind == .certificates ? try description(of: file) : nil
            let done = kind == .certificates ? 200 : 204
            return answer(reload == nil ? done : 202, object, reload)
        }
    }

    /// - Throws: 409 for a file that haproxy.cfg speaks of: the next reload would fail.
    func deleteStored(_ kind: StorageKind, _ call: ServiceRequest) throws(APIError) -> APIResponse {
        let file = try stored(kind, call)
        return try changingFiles { () throws(APIError) in
            try refuseIfUsed(file.path)
            try file.remove()
            return APIResponse(204)
        }
    }

    /// - Throws: 409 naming the line that speaks of the file.
    func refuseIfUsed(_ path: String) throws(APIError) {
        let configuration = try read { state in state.workspace.file }
        if let line = FileUse.line(of: path, in: configuration) {
            throw APIError(409, "\(path) is used by haproxy.cfg: \(line)")
        }
    }

    // MARK: - Parts

    private func stored(_ kind: StorageKind, _ call: ServiceRequest) throws(APIError) -> StoredFile {
        let file = try StoredFile(kind, kind.directory(settings.directories), named: call.argument("name"))
        guard try file.size() != nil else { throw .missing("file \(file.name)") }
        return file
    }

    private func form(_ call: ServiceRequest) throws(APIError) -> MultipartForm.File {
        guard call.request.contentType == "multipart/form-data" else {
            throw APIError(
                415,
                "unsupported media type \"\(call.request.contentType ?? "")\", only [multipart/form-data] are allowed"
            )
        }
        guard let file = MultipartForm.file(named: "file_upload", in: call.request.body) else {
            throw .violation(.required, "file_upload in formData is required")
        }
        return file
    }

    /// The content, if a file of this kind may hold it.
    private func accepted(_ content: [UInt8], _ kind: StorageKind) throws(APIError) -> [UInt8] {
        guard content.count <= kind.limit else { throw APIError(413, "the file is longer than \(kind.limit) bytes") }
        if kind == .certificates { _ = try settings.certificateReader.read(content) }
        if kind == .maps, content.contains(0) { throw APIError(400, "the file is no map: it holds a zero byte") }
        return content
    }

    private func description(of file: StoredFile) throws(APIError) -> JSONObject {
        var object: JSONObject = ["file": .string(file.path), "storage_name": .string(file.name)]
        object["size"] = try file.size().map { .integer($0) }
        guard file.kind == .certificates else {
            object["id"] = file.kind == .general ? .string(file.name) : nil
            return object
        }
        // What lies there may have been put there by hand.
        guard let facts = try? settings.certificateReader.read(try file.read()) else {
            object["description"] = "no certificate with its private key"
            return object
        }
        func set(_ name: String, _ value: String) { if !value.isEmpty { object[name] = .string(value) } }
        set("subject", facts.subject)
        set("issuers", facts.issuer)
        set("serial", facts.serial)
        set("not_before", facts.notBefore)
        set("not_after", facts.notAfter)
        set("domains", facts.names.joined(separator: ", "))
        set("ip_addresses", facts.addresses.joined(separator: ", "))
        return object
    }

    private func answer(_ status: Int, _ object: JSONObject?, _ reload: String?) -> APIResponse {
        var response = APIResponse(status, object.map { .object($0) })
        if let reload { response.headers.append(("Reload-ID", reload)) }
        return response
    }

    /// Has the proxy read the files again where haproxy.cfg speaks of this one.
    ///
    /// - Parameter former: What is put back when the proxy refuses the new content; nil for a file that was not there.
    /// - Returns: The reload's identifier, if one is under way or done for a client that did not ask to wait.
    private func reloadIfUsed(
        _ file: StoredFile,
        former: KeptFile?,
        _ wish: ReloadWish
    ) throws(APIError) -> String? {
        if wish.isSkipped { return nil }
        let configuration = try read { state in state.workspace.file }
        guard FileUse.line(of: file.path, in: configuration) != nil else { return nil }
        do throws(APIError) {
            let reload = try reloadFiles(isForced: wish.isForced)
            return wish.isForced ? nil : reload
        } catch {
            if let former { try file.bringBack(former) } else { try file.remove() }
            throw error
        }
    }
}

/// What a client says of the reload; read before anything is changed, so that a flag that is none refuses the whole.
private struct ReloadWish {
    let isForced: Bool
    let isSkipped: Bool

    init(_ call: ServiceRequest) throws(APIError) {
        isForced = try call.request.flag("force_reload")
        isSkipped = try call.request.flag("skip_reload")
    }
}
