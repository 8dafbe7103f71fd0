internal import ArgumentParser
internal import DataPlaneModel
internal import Diagnostics
internal import Files
internal import Syscalls

/// The original's own settings, as options of the command line: what is given there goes before them.
///
/// Two kinds of files are understood: dataplaneapi.yaml (`config_version: 2`), and the old appliance's dataplaneapi.cfg of
/// `NAME=value`, from which its unit made options.
struct SettingsFile {
    /// `--name=value`, with the line that it comes from.
    private(set) var options: [(option: String, line: Int)] = []
    private(set) var users: [DataPlane.Settings.User] = []
    /// Keys that are not known.
    private(set) var warnings: [Diagnostic] = []
    private let file: String

    /// - Throws: The first problem, with its place.
    init(_ text: String, file: String) throws(Diagnostic) {
        self.file = file
        let isVariables = text.split(separator: "\n").contains { line in
            line.prefix { $0.isLetter && $0.isUppercase || $0 == "_" }.count > 0
                && line.drop { $0 != "=" && $0 != " " }.first == "="
        }
        if isVariables {
            try readVariables(text)
        } else {
            try read(try YAMLReader.read(text, file: file), path: "")
        }
        try checkEach()
    }

    /// - Throws: The file cannot be read, or its first problem.
    static func read(_ path: String) throws(Diagnostic) -> SettingsFile {
        let text: String?
        do throws(SystemError) {
            text = try AtomicFile.readText(path, limit: 1 << 20)
        } catch {
            throw Diagnostic(file: path, "cannot be read: \(error)", remedy: "give a readable file with -f")
        }
        guard let text else {
            throw Diagnostic(file: path, "is not there or is not text", remedy: "give a readable file with -f")
        }
        return try SettingsFile(text, file: path)
    }

    /// The options, without those that the command line gives itself and that would add up.
    func arguments(before given: [String]) -> [String] {
        let hasScheme = given.contains { $0 == "--scheme" || $0.hasPrefix("--scheme=") }
        return options.map { $0.option }.filter { !(hasScheme && $0.hasPrefix("--scheme=")) }
    }

    // MARK: - YAML

    /// Keys whose option has another name than the key with `-` for `_`, and those that say nothing to us.
    private static let renamed: [String: String?] = [
        "config_version": nil, "name": nil, "mode": nil, "status": nil, "cluster": nil,
        "haproxy.reload.service_name": "service", "haproxy.master_worker_mode": "master-worker-mode",
        "haproxy.reload.reload_cmd": "reload-cmd", "haproxy.delayed_start_max": "delayed-start-max",
    ]

    private static let known: Set<String> = [
        "dataplaneapi.scheme", "dataplaneapi.host", "dataplaneapi.port", "dataplaneapi.socket_path",
        "dataplaneapi.listen_limit", "dataplaneapi.max_header_size", "dataplaneapi.keep_alive",
        "dataplaneapi.read_timeout", "dataplaneapi.write_timeout", "dataplaneapi.cleanup_timeout",
        "dataplaneapi.graceful_timeout", "dataplaneapi.show_system_info", "dataplaneapi.disable_inotify",
        "dataplaneapi.pid_file", "dataplaneapi.uid", "dataplaneapi.gid", "dataplaneapi.debug_socket_path",
        "dataplaneapi.tls.tls_host", "dataplaneapi.tls.tls_port", "dataplaneapi.tls.tls_certificate",
        "dataplaneapi.tls.tls_key", "dataplaneapi.tls.tls_ca", "dataplaneapi.tls.tls_listen_limit",
        "dataplaneapi.tls.tls_keep_alive", "dataplaneapi.tls.tls_read_timeout", "dataplaneapi.tls.tls_write_timeout",
        "dataplaneapi.userlist.userlist", "dataplaneapi.userlist.userlist_file",
        "dataplaneapi.transaction.transaction_dir", "dataplaneapi.transaction.backups_number",
        "dataplaneapi.transaction.backups_dir", "dataplaneapi.transaction.max_open_transactions",
        "dataplaneapi.resources.maps_dir", "dataplaneapi.resources.ssl_certs_dir",
        "dataplaneapi.resources.general_storage_dir", "dataplaneapi.resources.dataplane_storage_dir",
        "dataplaneapi.resources.spoe_dir", "dataplaneapi.resources.spoe_transaction_dir",
        "dataplaneapi.resources.update_map_files", "dataplaneapi.resources.update_map_files_period",
        "dataplaneapi.advertised.api_address", "dataplaneapi.advertised.api_port",
        "haproxy.config_file", "haproxy.haproxy_bin", "haproxy.master_runtime", "haproxy.fid",
        "haproxy.reload.reload_delay", "haproxy.reload.restart_cmd", "haproxy.reload.status_cmd",
        "haproxy.reload.reload_retention", "haproxy.reload.reload_strategy", "haproxy.reload.validate_cmd",
        "log.log_to", "log.log_file", "log.log_level", "log.log_format", "log.apache_common_log_format",
    ]

    private static let flags: Set<String> = [
        "show-system-info", "disable-inotify", "update-map-files", "master-worker-mode",
    ]

    private mutating func read(_ node: YAMLNode, path: String) throws(Diagnostic) {
        guard case .map(let members, _) = node else {
            throw problem(node.line, "\(path.isEmpty ? "the file" : path) is to be a mapping")
        }
        for member in members {
            let key = path.isEmpty ? member.name : "\(path).\(member.name)"
            if key == "dataplaneapi.user" {
                try readUsers(member.value)
            } else if key == "log_targets" {
                try readTargets(member.value)
            } else if let option = Self.renamed[key] {
                if let option { try add(option, member) }
            } else if Self.known.contains(key) {
                try add(String(member.name.map { $0 == "_" ? "-" : $0 }), member)
            } else if case .map = member.value, Self.known.contains(where: { $0.hasPrefix(key + ".") }) {
                try read(member.value, path: key)
            } else if member.value.scalar?.isEmpty ?? false, Self.known.contains(where: { $0.hasPrefix(key + ".") }) {
                continue
            } else {
                warnings.append(warning(member.line, "\(key) is not known and is passed over"))
            }
        }
    }

    private mutating func add(_ option: String, _ member: YAMLMember) throws(Diagnostic) {
        switch member.value {
        case .scalar(let text, let line): add(option, text, line)
        case .list(let items, let line):
            for item in items {
                guard let text = item.scalar else { throw problem(line, "\(member.name) is to be a list of words") }
                add(option, text, item.line)
            }
        case .map(_, let line): throw problem(line, "\(member.name) is to be one value")
        }
    }

    private mutating func add(_ option: String, _ value: String, _ line: Int) {
        if Self.flags.contains(option) {
            if ["true", "yes", "on", "1"].contains(value.lowercased()) { options.append(("--\(option)", line)) }
        } else if !value.isEmpty {
            options.append(("--\(option)=\(value)", line))
        }
    }

    private mutating func readUsers(_ node: YAMLNode) throws(Diagnostic) {
        guard case .list(let items, _) = node else { throw problem(node.line, "user is to be a list") }
        for item in items {
            guard let name = item["name"]?.scalar, let password = item["password"]?.scalar, !name.isEmpty else {
                throw problem(item.line, "a user has a name and a password")
            }
            let isPlain = ["true", "yes", "on"].contains(item["insecure"]?.scalar?.lowercased() ?? "")
            users.append(.init(name: name, password: password, isPlain: isPlain))
        }
    }

    /// The first target is the log; there is one.
    private mutating func readTargets(_ node: YAMLNode) throws(Diagnostic) {
        guard case .list(let items, _) = node else { throw problem(node.line, "log_targets is to be a list") }
        for (index, item) in items.enumerated() {
            guard index == 0 else {
                warnings.append(warning(item.line, "one log target is used: this one is passed over"))
                continue
            }
            guard case .map(let members, _) = item else { throw problem(item.line, "a log target is a mapping") }
            for member in members {
                switch member.name {
                case "log_to", "log_file", "log_level", "log_format":
                    try add(String(member.name.map { $0 == "_" ? "-" : $0 }), member)
                case "log_types": break
                default:
                    warnings.append(warning(member.line, "log_targets.\(member.name) is not known and is passed over"))
                }
            }
        }
    }

    // MARK: - NAME=value

    private static let variables: [String: String] = [
        "LOG_LEVEL": "log-level", "LOG_TO": "log-to", "SCHEME": "scheme", "HAPROXY_BIN": "haproxy-bin",
        "CONFIG_FILE": "config-file", "RELOAD_CMD": "reload-cmd", "RELOAD_DELAY": "reload-delay",
        "TLS_HOST": "tls-host",
        "TLS_PORT": "tls-port", "TLS_CERTIFICATE": "tls-certificate", "TLS_KEY": "tls-key", "TLS_CA": "tls-ca",
        "USERLIST": "userlist",
    ]

    private mutating func readVariables(_ text: String) throws(Diagnostic) {
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            let bare = line.drop { $0 == " " || $0 == "\t" }.filter { $0 != "\r" }
            if bare.isEmpty || bare.hasPrefix("#") { continue }
            let sides = bare.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { throw problem(number, "NAME=value expected") }
            let value = Self.unquoted(sides[1])
            if sides[0] == "ADDITIONAL_FLAGS" {
                options += value.split(separator: " ").map { (String($0), number) }
            } else if let option = Self.variables[String(sides[0])] {
                add(option, value, number)
            } else {
                warnings.append(warning(number, "\(sides[0]) is not known and is passed over"))
            }
        }
    }

    private static func unquoted(_ text: Substring) -> String {
        let quotes: [Character] = ["\"", "'"]
        guard text.count >= 2, let first = text.first, quotes.contains(first), text.last == first else {
            return String(text)
        }
        return String(text.dropFirst().dropLast())
    }

    // MARK: - Problems

    /// Names the line of a value that the command line would refuse. Options of two words are left to that.
    private func checkEach() throws(Diagnostic) {
        for (option, line) in options
        where option.hasPrefix("--") && (option.contains("=") || Self.flags.contains(String(option.dropFirst(2)))) {
            do {
                _ = try DataPlaneCommand.parse([option])
            } catch {
                throw problem(line, DataPlaneCommand.message(for: error))
            }
        }
    }

    private func problem(_ line: Int, _ message: String) -> Diagnostic {
        Diagnostic(file: file, at: SourcePosition(line: line, column: 1), message)
    }

    private func warning(_ line: Int, _ message: String) -> Diagnostic {
        Diagnostic(.warning, file: file, at: SourcePosition(line: line, column: 1), message)
    }
}
