import Files
import Testing

/// What HAProxy 2.6 does not take of what can be described.
enum RefusedSamples {
    /// Resource and member, or line, that 2.6 refuses: mostly what later versions have and what is built in seldom.
    static func all() throws -> Set<String> {
        let tests = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
        let path = "\(tests)/Fixtures/dataplaneapi/refused-by-haproxy-2.6"
        let text = try #require(try AtomicFile.readText(path))
        return Set(text.split(separator: "\n").map { String($0) })
    }

    private static let check = """
        option {adv_check=httpchk} [{httpchk_params.method}] {httpchk_params.uri} [{httpchk_params.version} \
        [{httpchk_params.host}]]
        """
    private static let track =
        "tcp-request {type} {action=track-sc}{track_stick_counter} {track_key*} [table {track_table}] ?"
    private static let log = """
        log {address} <[len {length}] [format {format}] [sample {sample_range}:{sample_size}] [profile {profile}]> \
        [{facility} [{level} [{minlevel}]]]
        """

    /// What cannot be tried here, with the reason.
    static let leftOut = [
        "global: zero_warning": "no warning is let pass",
        "global: debug_options.zero_warning": "no warning is let pass",
        "global: issuers_chain_path": "needs a directory",
        "global: ssl_options.issuers_chain_path": "needs a directory", "global: uid": "user says it",
        "global: gid": "group says it",
        "backend: \(check)": "with a host, which v3 has", "defaults: \(check)": "with a host, which v3 has",
        "log_target: \(log)": "with a profile, which v3 has",
        "global: httpclient_ssl_ca_file": "needs a file", "global: http_client_options.ssl_ca_file": "needs a file",
        "global: quiet": "HAProxy says nothing any more",
        "global: debug_options.quiet": "HAProxy says nothing any more",
        "tcp_request_rule: tcp-request {type} {action=send-spoe-group} {spoe_engine_name} {spoe_group_name} ?":
            "needs an engine",
        "tcp_response_rule: tcp-response {type=content} {action=send-spoe-group} {spoe_engine} {spoe_group} ?":
            "needs an engine",
    ]

    /// Ways to say what is read back in another way.
    static let aliases: Set = [
        "global: tune_options.ssl_default_dh_param", "bind: force_strict_sni", "bind: no_strict_sni",
        "tcp_request_rule: tcp-request {type} {action=sc-set-gpt0}({sc_inc_id}) {expr*} ?",
        "tcp_request_rule: tcp-request {type} {action=sc-set-gpt0}({sc_inc_id}) {sc_int} ?",
        "v2 tcp_request_rule: \(track)",
        "v2 tcp_check: tcp-check {action=comment} {check_comment}",
    ]
}
