internal import Patterns

/// What comes out of the fetch methods and converters of HAProxy 2.6 (`haproxy -dKsmp -dKcnv`): by it an ACL without `-m`
/// compares, and methods are refused that cannot.
enum SampleTypes {
    enum Kind {
        case boolean
        case integer
        /// IPv4, which is also a number.
        case address
        /// Of either family, or IPv6.
        case anyAddress
        /// What a map gives as an address: no converter takes it.
        case mappedAddress
        case string
        case binary
        /// It depends on what it was made of.
        case any

        /// What an ACL does without `-m`; nil: it must say.
        var method: MatchMethod? {
            switch self {
            case .boolean: .bool
            case .integer: .int
            case .address, .anyAddress, .mappedAddress: .ip
            case .string: .str
            case .binary, .any: nil
            }
        }

        /// Whether `method` can be used: HAProxy has a cast for it.
        func fits(_ method: MatchMethod) -> Bool {
            switch (self, method) {
            case (.any, _), (_, .found): true
            case (.boolean, .ip), (.anyAddress, .bool), (.anyAddress, .int), (.mappedAddress, .bool),
                (.mappedAddress, .int), (.binary, .bool), (.binary, .int),
                (.binary, .ip):
                false
            default: true
            }
        }
    }

    /// - Parameters:
    ///   - fetch: A method's name.
    ///   - converters: The names of those behind it, in order.
    static func kind(_ fetch: String, _ converters: [String]) -> Kind {
        var kind = fetches[fetch] ?? .integer
        for name in converters { kind = Self.converters[name] ?? kind }
        return kind
    }

    static func kind(after kind: Kind, _ converter: String) -> Kind { converters[converter] ?? kind }

    /// Whether a converter can be made of what comes out of those before it: HAProxy has a cast for it.
    static func fits(_ kind: Kind, converter name: String) -> Bool {
        switch (kind, inputs[name] ?? .string) {
        case (.any, _), (_, .any), (.integer, _), (.string, _): true
        case (.mappedAddress, _), (.boolean, .address), (.boolean, .anyAddress): false
        case (.address, .boolean), (.anyAddress, .boolean), (.anyAddress, .integer): false
        case (.binary, .string), (.binary, .binary): true
        case (.binary, _): false
        default: true
        }
    }

    private static let fetches = table([
        (
            .boolean,
            """
            always_false always_true bool dst_is_local fc_dst_is_local fc_rcvd_proxy fc_src_is_local http_auth
            http_first_req internal.htx.has_eom internal.strm.is_htx req.proto_http req.ssl_ec_ext
            req_proto_http res.cache_hit res.comp sc0_tracked sc1_tracked sc2_tracked sc_tracked src_is_local
            srv_is_up ssl_bc ssl_bc_is_resumed ssl_c_used ssl_fc ssl_fc_has_crt ssl_fc_has_early
            ssl_fc_has_sni ssl_fc_is_resumed stopping wait_end
            """
        ),
        (
            .address,
            """
            dst fc_dst fc_src hdr_ip ipv4 req.hdr_ip res.hdr_ip shdr_ip src url_ip
            """
        ),
        (
            .string,
            """
            base baseq bc_err_str be_name capture.req.hdr capture.req.method capture.req.uri capture.req.ver
            capture.res.hdr capture.res.ver cook cookie env fc_err_str fc_pp_authority fc_pp_unique_id
            fcgi.docroot fcgi.index fe_defbe fe_name hdr hostname http_auth_bearer http_auth_group
            http_auth_pass http_auth_type http_auth_user internal.htx_blk.hdrname internal.htx_blk.hdrval
            internal.htx_blk.start_line internal.htx_blk.type last_rule_file meth method path pathq query
            rdp_cookie req.cook req.fhdr req.hdr req.hdr_names req.rdp_cookie req.ssl_alpn req.ssl_sni req.ver
            req_ssl_sni req_ver res.cache_name res.comp_algo res.cook res.fhdr res.hdr res.hdr_names res.ver
            resp_ver scook shdr so_name srv_name ssl_bc_alpn ssl_bc_cipher ssl_bc_err_str ssl_bc_npn
            ssl_bc_protocol ssl_c_i_dn ssl_c_key_alg ssl_c_notafter ssl_c_notbefore ssl_c_s_dn ssl_c_sig_alg
            ssl_f_i_dn ssl_f_key_alg ssl_f_notafter ssl_f_notbefore ssl_f_s_dn ssl_f_sig_alg ssl_fc_alpn
            ssl_fc_cipher ssl_fc_cipherlist_bin ssl_fc_cipherlist_str ssl_fc_client_early_traffic_secret
            ssl_fc_client_handshake_traffic_secret ssl_fc_client_traffic_secret_0 ssl_fc_early_exporter_secret
            ssl_fc_ecformats_bin ssl_fc_eclist_bin ssl_fc_err_str ssl_fc_exporter_secret ssl_fc_extlist_bin
            ssl_fc_npn ssl_fc_protocol ssl_fc_server_handshake_traffic_secret ssl_fc_server_traffic_secret_0
            ssl_fc_sni ssl_s_i_dn ssl_s_key_alg ssl_s_notafter ssl_s_notbefore ssl_s_s_dn ssl_s_sig_alg str
            unique-id url url_param urlp uuid
            """
        ),
        (
            .binary,
            """
            base32+src bin distcc_body internal.htx_blk.data payload payload_lv req.body req.body_param
            req.hdrs req.hdrs_bin req.payload req.payload_lv res.body res.hdrs res.hdrs_bin res.payload
            res.payload_lv ssl_bc_client_random ssl_bc_server_random ssl_bc_session_id ssl_bc_session_key
            ssl_bc_unique_id ssl_c_chain_der ssl_c_der ssl_c_serial ssl_c_sha1 ssl_f_der ssl_f_serial
            ssl_f_sha1 ssl_fc_cipherlist_hex ssl_fc_client_random ssl_fc_server_random ssl_fc_session_id
            ssl_fc_session_key ssl_fc_unique_id ssl_s_chain_der ssl_s_der ssl_s_serial ssl_s_sha1 url32+src
            """
        ),
        (.anyAddress, "ipv6"),
        (.any, "var"),
    ])

    private static let converters = table([
        (
            .boolean,
            """
            bool even fix_is_valid in_table mqtt_is_valid not odd secure_memcmp
            """
        ),
        (
            .integer,
            """
            add and cpl crc32 crc32c div djb2 hex2i jwt_verify length map_beg_int map_dir_int map_dom_int
            map_end_int map_int_int map_ip_int map_reg_int map_str_int map_sub_int mod mul nbsrv neg or
            port_only sdbm srv_queue strcmp sub table_bytes_in_rate table_bytes_out_rate table_conn_cnt
            table_conn_cur table_conn_rate table_expire table_gpc table_gpc0 table_gpc0_rate table_gpc1
            table_gpc1_rate table_gpc_rate table_gpt table_gpt0 table_http_err_cnt table_http_err_rate
            table_http_fail_cnt table_http_fail_rate table_http_req_cnt table_http_req_rate table_idle
            table_kbytes_in table_kbytes_out table_server_id table_sess_cnt table_sess_rate table_trackers wt6
            xor xxh3 xxh32 xxh64
            """
        ),
        (.address, "ipmask"),
        (.any, "debug set-var unset-var"),
        (
            .mappedAddress,
            """
            map_beg_ip map_dir_ip map_dom_ip map_end_ip map_int_ip map_ip_ip map_reg_ip map_str_ip map_sub_ip
            """
        ),
        (
            .string,
            """
            add_item base64 be2dec be2hex capture-req capture-res concat cut_crlf field hex host_only
            http_date iif json language lower ltime ltrim map map_beg map_dir map_dom map_end map_int map_ip
            map_reg map_regm map_str map_sub mqtt_field_value regsub rtrim ub64enc upper url_dec url_enc utime
            word
            """
        ),
        (
            .binary,
            """
            aes_gcm_dec b64dec bytes digest fix_tag_value hmac htonl protobuf sha1 sha2 ub64dec ungrpc
            """
        ),
    ])

    /// What goes into those that do not take a text.
    private static let inputs = table([
        (
            .integer,
            """
            add and bool cpl div even htonl http_date ltime map_int map_int_int map_int_ip mod mul neg not
            odd or sub utime xor
            """
        ),
        (
            .binary,
            """
            aes_gcm_dec base64 be2dec be2hex bytes crc32 crc32c digest djb2 fix_is_valid fix_tag_value hex
            hmac jwt_header_query jwt_payload_query jwt_verify mqtt_field_value mqtt_is_valid protobuf sdbm
            secure_memcmp sha1 sha2 ub64enc ungrpc wt6 xxh3 xxh32 xxh64
            """
        ),
        (
            .any,
            """
            debug in_table set-var table_bytes_in_rate table_bytes_out_rate table_conn_cnt table_conn_cur
            table_conn_rate table_expire table_gpc table_gpc0 table_gpc0_rate table_gpc1 table_gpc1_rate
            table_gpc_rate table_gpt table_gpt0 table_http_err_cnt table_http_err_rate table_http_fail_cnt
            table_http_fail_rate table_http_req_cnt table_http_req_rate table_idle table_kbytes_in
            table_kbytes_out table_server_id table_sess_cnt table_sess_rate table_trackers unset-var
            """
        ),
        (
            .boolean,
            """
            iif
            """
        ),
        (
            .anyAddress,
            """
            ipmask map_ip map_ip_int map_ip_ip
            """
        ),
    ])

    private static func table(_ groups: [(Kind, String)]) -> [String: Kind] {
        var all: [String: Kind] = [:]
        for (kind, names) in groups {
            for name in names.split(whereSeparator: { $0 == " " || $0 == "\n" }) { all[String(name)] = kind }
        }
        return all
    }
}
