@testable import DataPlaneModel

/// Values that members may have, so that every way to write an object is tried.
struct Samples {
    let resource: Resource
    let version: APIVersion

    private var schema: DataPlaneModel.Schema { resource.schema(version) }

    /// What is tried of a resource.
    struct Sample {
        /// The member or the line that it is about.
        var name: String
        var object: JSONObject
    }

    var all: [Sample] {
        guard let syntax = schema.syntax else { return sections }
        guard syntax.templates.isEmpty else {
            return syntax.templates.flatMap { template in
                objects(template, []).map { Sample(name: template.text + $0.key, object: $0.value) }
            }
        }
        let required = schema.fields.filter { $0.isRequired || ["address", "port"].contains($0.name) }
        return schema.fields.compactMap { field in
            if case .metadata = field.form { return nil }
            var object = JSONObject()
            for other in required { object[other.name] = value(other, []) }
            object[field.name] = value(field, [])
            return Sample(name: field.name, object: object)
        }
    }

    private var sections: [Sample] {
        schema.sections.leaves.flatMap { leaf -> [Sample] in
            let path = leaf.path + [leaf.field.name]
            let name = path.joined(separator: ".")
            switch leaf.field.form {
            case .metadata: return []
            case .templates(let templates):
                return templates.flatMap { template in
                    objects(template, path).map { sample(template.text + $0.key, path, .object($0.value)) }
                }
            case .lines(let templates):
                return templates.map { template in
                    let element = object(template, path)
                    if case .list(.object) = leaf.field.type { return sample(name, path, [.object(element)]) }
                    return sample(name, path, [element["value"] ?? .null])
                }
            case .inline(let templates):
                return templates.flatMap { template in
                    objects(template, leaf.path).map { suffix, object in
                        var whole = JSONObject()
                        for (name, value) in object.members { whole[leaf.path + [name]] = value }
                        return Sample(name: template.text + suffix, object: whole)
                    }
                }
            default: return [sample(name, path, value(leaf.field, leaf.path))]
            }
        }
    }

    private func sample(_ name: String, _ path: [String], _ value: JSONValue) -> Sample {
        var object = JSONObject()
        // What must be there beside it.
        for leaf in schema.sections.leaves where leaf.path == Array(path.dropLast()) && !leaf.path.isEmpty {
            if leaf.field.isRequired { object[leaf.path + [leaf.field.name]] = self.value(leaf.field, leaf.path) }
        }
        object[path] = value
        return Sample(name: name, object: object)
    }

    // MARK: - Values

    private func value(_ field: Field, _ path: [String]) -> JSONValue {
        value(field.type, path + [field.name])
    }

    private func value(_ type: FieldType, _ path: [String]) -> JSONValue {
        let name = path.last ?? ""
        let full = ([resource.name] + path).joined(separator: ".")
        let last = path.suffix(2).joined(separator: ".")
        if let value = Self.values[full] ?? Self.values[last] ?? Self.values[name] { return value }
        switch type {
        case .string(let pattern): return Self.values[pattern.rawValue] ?? "word"
        case .integer(let range): return .integer(max(range?.lowerBound ?? 7, min(7, range?.upperBound ?? 7)))
        case .time(let unit, _): return .integer(unit * 2)
        case .number(let values): return .integer(values.last ?? 0)
        case .size: return 1024
        case .boolean: return true
        case .toggle: return "enabled"
        case .enumeration(let values): return .string(values.last ?? "")
        case .list(let element): return [value(element, path + ["[]"])]
        case .object(let fields), .map(let fields, _):
            var object = JSONObject()
            for field in fields where field.isRequired { object[field.name] = value(field, path) }
            if let first = fields.first, object.isEmpty { object[first.name] = value(first, path) }
            return .object(object)
        case .free: return ["a": ["b": 1]]
        }
    }

    /// An object with everything that a template says, and one without what HAProxy 2.6 does not know or cannot have.
    private func objects(_ template: Template, _ path: [String]) -> [(key: String, value: JSONObject)] {
        let whole = object(template, path)
        let former = object(template, path, without: Self.new)
        return former == whole ? [("", whole)] : [("", whole), (" (2.6)", former)]
    }

    private static let new: Set = [
        "write_to", "recv_only", "profile", "host", "rst_ttl", "namespace", "shard", "proto", "sc_int",
    ]

    private func object(_ template: Template, _ path: [String], without left: Set<String> = []) -> JSONObject {
        var object = JSONObject()
        fill(template.elements, path, left, &object)
        return object
    }

    private func fill(
        _ elements: [Template.Element],
        _ path: [String],
        _ left: Set<String>,
        _ object: inout JSONObject
    ) {
        for element in elements {
            switch element {
            case .word(let pieces):
                for piece in pieces {
                    switch piece {
                    case .literal: break
                    case .constant(let slot, let value, _): if object[slot.path] == nil { object[slot.path] = value }
                    case .member(let slot): object[slot.path] = value(slot.type, path + slot.path)
                    case .endpoint(let slots):
                        for slot in slots { object[slot.path] = value(slot.type, path + slot.path) }
                    }
                }
            case .rest(let slot): object[slot.path] = value(slot.type, path + slot.path)
            case .each(let slot, let group):
                var inner = JSONObject()
                fill(group, path + slot.path, left, &inner)
                object[slot.path] = [.object(inner), .object(inner)]
            case .optional(let group):
                var more = JSONObject()
                fill(group, path, left, &more)
                if left.isDisjoint(with: more.said.compactMap { $0.last }) { fill(group, path, left, &object) }
            case .anyOrder(let groups):
                var others: Set<String> = []
                for group in groups {
                    var more = JSONObject()
                    fill(group, path, left, &more)
                    guard left.isDisjoint(with: more.members.map { $0.name }) else { continue }
                    // Of ways to say the same, one; of members that exclude each other, one.
                    let names = Set(more.members.map { $0.name })
                    guard names.isDisjoint(with: others) else { continue }
                    if names.contains("port_string"), others.contains("port") { continue }
                    others.formUnion(names)
                    for (name, value) in more.members { object[name] = value }
                }
            }
        }
    }

    /// By member, by resource and member, or by pattern.
    static let values: [String: JSONValue] = [
        Pattern.mailbox.rawValue: "a@b.example",
        Pattern.number.rawValue: "0x10",
        Pattern.duration.rawValue: "10s",
        Pattern.size.rawValue: "10k",
        Pattern.shards.rawValue: "by-thread",
        Pattern.networks.rawValue: "10.0.0.0/8,192.168.0.0/16",
        Pattern.resolveOptions.rawValue: "allow-dup-ip,ignore-weight",
        Pattern.statusCodes.rawValue: "500-503 -502",
        Pattern.sample.rawValue: "src",
        "global.cpu_maps.process": "1", "cpu_set": "0", "path": "/tmp", "global.default_path.type": "current",
        "global.user": "nobody", "global.group": "nogroup",
        "global.set_var.name": "proc.x", "global.set_var.expr": "int(1)", "global.set_var_fmt.name": "proc.y",
        "global.thread_group_lines.group": "1", "num_or_range": "1", "thread_groups": 1, "nbthread": 1,
        "default_bind_options": "no-sslv3", "ssl_default_bind_options": "no-sslv3",
        "default_server_options": "no-sslv3", "ssl_default_server_options": "no-sslv3",
        "issuers_chain_path": "/tmp", "load_extra_files": "none", "ssl_load_extra_files": "none",
        "provider": "default", "ssl_provider": "default", "load_per_thread": "/dev/null",
        "lua_load_per_thread": "/dev/null", "file": "/dev/null",
        "algorithm": "roundrobin", "bind_process": "1", "method": "consistent", "function": "sdbm",
        "hash_balance_factor": 150, "frontend.mode": "tcp", "backend.mode": "tcp", "defaults.mode": "tcp",
        "except": "10.0.0.0/8", "retry_on": "all-retryable-errors", "frontend.from": "d", "backend.from": "d",
        "defaults.from": "d", "default_backend": "b",
        "var_scope": "txn", "sc_inc_id": "0", "sc_id": 0, "tcp_request_rule.sc_idx": "0", "sc_idx": 0,
        "track_stick_counter": 0, "track_key": "src", "track_table": "b", "hex_string": "00ff",
        "stick_rule.pattern": "src", "stick_rule.type": "match", "table": "b", "target_server": "s1",
        "user.groups": "g1", "group.users": "u1", "interface": "lo", "criterion": "src", "acl.value": "10.0.0.0/8",
        "tcp_request_rule.type": "content", "resolve_resolvers": "r", "resolve_var": "txn.x", "expr": "src",
        "var_expr": "int(1)", "log_target.sample_range": "1", "sample_size": 2, "length": 1024,
        "email_alert.level": "info", "log_target.level": "info",
        "minlevel": "emerg", "tcp_check.port_string": "int(80)", "http_check.port_string": "int(80)",
        "http_check.method": "GET", "httpchk_params.method": "GET", "uri": "/", "version": "HTTP/1.1",
        "sni": "str(a)", "alpn": "h2", "check-sni": "a", "proto": "h2", "check_proto": "h2", "check_alpn": "h2",
        "tcp_check.match": "string", "http_check.match": "string",
        "backend_switching_rule.name": "b", "stats_admin_cond": "if", "stats_admin_cond_test": "TRUE",
        "hash_expression": "src", "errorfiles_from_http_errors.name": "e", "h2_max_frame_size": 16384,
        "ssl_ca_file": "server.pem", "ring.size": 32768, "bufsize": 16384, "maxrewrite": 1024,
        "propquery": "?provider=default",
        "ssl_propquery": "?provider=default",
        "default_bind_ciphers": "ALL", "default_bind_ciphersuites": "TLS_AES_128_GCM_SHA256",
        "default_bind_curves": "P-256", "default_server_ciphers": "ALL",
        "default_server_ciphersuites": "TLS_AES_128_GCM_SHA256", "default_server_curves": "P-256",
        "ssl_default_bind_ciphers": "ALL", "ssl_default_bind_ciphersuites": "TLS_AES_128_GCM_SHA256",
        "ssl_default_bind_curves": "P-256", "ssl_default_server_ciphers": "ALL",
        "ssl_default_server_ciphersuites": "TLS_AES_128_GCM_SHA256", "ssl_default_server_curves": "P-256",
        "h1_case_adjust_file": "/dev/null", "httpclient_resolvers_id": "r", "resolvers_id": "r",
        "httpclient_ssl_ca_file": "server.pem",
        "h2_header_table_size": 4096, "default_dh_param": 2048,
        "ssl_default_dh_param": 2048, "tune_ssl_default_dh_param": 2048, "h1_case_adjust.from": "host",
        "h1_case_adjust.to": "Host", "resolvers": "r", "track": "b/s1", "ssl_certificate": "server.pem",
        "ssl_cafile": "server.pem", "ca_verify_file": "server.pem", "ca_sign_file": "server.pem", "user": "nobody",
        "bind.group": "nogroup", "bind.uid": "0", "email_alert.mailers": "m", "socks4": "10.0.0.1:1080",
        "source": "10.0.0.1",
        "curves": "P-256", "ecdhe": "prime256v1", "ciphers": "ALL", "ciphersuites": "TLS_AES_128_GCM_SHA256",
        "redir": "/x", "fqdn": "10.0.0.9", "bind.process": "1", "runtime_apis.address": "/tmp/appliance.sock",
        "health_check_address": "10.0.0.2", "agent-addr": "10.0.0.2", "addr": "10.0.0.2",
        "status-code": "int(200)", "on_error": "a", "on_success": "a", "gpt_value": "5", "sc_expr": "int(1)",
        "switch_mode_proto": "h2", "expose_fd_listeners": true, "external_check_command": "/bin/true",
        "tcp_check.pattern": "ready", "mss": "1400", "bind.backlog": "10", "default_bind.backlog": "10", "bind.id": "5",
        "ca_ignore_err": "all", "crt_ignore_err": "all", "thread": "1", "crt_list": "/dev/null",
        "verifyhost": "a.example", "npn": "h2", "init-addr": "last", "bind.mode": "600", "nice": 5,
        "log_format": "a", "retries": 2, "server_state_file_name": "x", "load_server_state_from_file": "none",
        "hdr_name": "host", "store": "gpc0", "peers": "p", "use_fcgi_app": "f", "usesrc": "clientip",
        "tables.write_to": "t", "table.type": "string",
        "address": "10.0.0.1", "address_second": "10.0.0.2", "port": 80, "port-range-end": 90, "port_second": 81,
        "cond": "if", "cond_test": "{ src 10.0.0.0/8 }", "capture_sample": "src",
    ]
}
