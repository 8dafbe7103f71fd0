/// The sample fetch methods of HAProxy 2.6 with their arguments and the places that know them (`haproxy -dKsmp`).
enum SampleFetches {
    /// One method: what it takes in parentheses, as `haproxy -dKsmp` writes it, and where it can be answered.
    struct Method {
        var arguments: ArgumentList
        var places: SamplePlace.Set
    }

    static func method(_ name: String) -> Method? { all[name] }

    /// The names, for who asks which one was meant.
    static var names: Dictionary<String, Method>.Keys { all.keys }

    /// Methods whose answer has no type that a value could be compared with: an ACL must say how, by `-m`.
    static let untyped = Set(
        """
        base32+src bin distcc_body internal.htx_blk.data req.body req.body_param req.hdrs req.hdrs_bin
        req.payload req.payload_lv res.body res.hdrs res.hdrs_bin res.payload res.payload_lv
        ssl_bc_client_random ssl_bc_server_random ssl_bc_session_id ssl_bc_session_key ssl_bc_unique_id
        ssl_c_chain_der ssl_c_der ssl_c_serial ssl_c_sha1 ssl_f_der ssl_f_serial ssl_f_sha1
        ssl_fc_cipherlist_hex ssl_fc_client_random ssl_fc_server_random ssl_fc_session_id ssl_fc_session_key
        ssl_fc_unique_id ssl_s_chain_der ssl_s_der ssl_s_serial ssl_s_sha1 url32+src var
        """.split { $0 == " " || $0 == "\n" }.map { String($0) }
    )

    private struct Group {
        var places: UInt32
        var arguments: String
        var names: String

        init(_ places: UInt32, _ arguments: String, _ names: String) {
            self.places = places
            self.arguments = arguments
            self.names = names
        }
    }

    private static let all: [String: Method] = {
        var all: [String: Method] = [:]
        all.reserveCapacity(500)
        for group in groups {
            let method = Method(
                arguments: ArgumentList(group.arguments),
                places: SamplePlace.Set(rawValue: group.places)
            )
            for name in group.names.split(whereSeparator: { $0 == " " || $0 == "\n" }) { all[String(name)] = method }
        }
        return all
    }()

    private static let groups: [Group] = [
        Group(
            0x0bf800,
            "",
            """
            rep_ssl_hello_type res.body res.body_len res.body_size res.hdrs res.hdrs_bin res.len
            res.ssl_hello_type res.ver resp_ver
            """
        ),
        Group(0x0bf800, "[string,integer]", "res.fhdr res.hdr res.hdr_ip res.hdr_val shdr shdr_ip shdr_val"),
        Group(
            0x0bf800,
            "[string]",
            """
            res.cook res.cook_cnt res.cook_val res.fhdr_cnt res.hdr_cnt res.hdr_names scook scook_cnt scook_val
            shdr_cnt
            """
        ),
        Group(0x0bf800, "integer,integer", "res.payload"),
        Group(0x0bf800, "integer,integer[,string]", "res.payload_lv"),
        Group(
            0x0ff800,
            "",
            """
            bc_dst bc_dst_port bc_err bc_err_str bc_http_major bc_src bc_src_port res.comp res.comp_algo ssl_bc
            ssl_bc_alg_keysize ssl_bc_alpn ssl_bc_cipher ssl_bc_client_random ssl_bc_err ssl_bc_err_str
            ssl_bc_is_resumed ssl_bc_npn ssl_bc_protocol ssl_bc_server_random ssl_bc_session_id
            ssl_bc_session_key ssl_bc_unique_id ssl_bc_use_keysize status
            """
        ),
        Group(0x0ff800, "integer", "capture.res.hdr"),
        Group(0x0ffc00, "", "res.cache_hit res.cache_name srv_id srv_name"),
        Group(
            0x0fffc0,
            "",
            """
            be_id be_name be_server_timeout be_tunnel_timeout cur_server_timeout cur_tunnel_timeout
            """
        ),
        Group(
            0x0007fc,
            "",
            """
            base base32 base32+src baseq fcgi.docroot fcgi.index http_auth_pass http_auth_type http_auth_user
            path pathq query req.body req.body_len req.body_size req.hdrs req.hdrs_bin req.len req.ssl_alpn
            req.ssl_ec_ext req.ssl_hello_type req.ssl_sni req.ssl_st_ext req.ssl_ver req.ver req_len
            req_ssl_hello_type req_ssl_sni req_ssl_ver req_ver url url32 url32+src url_ip url_port
            """
        ),
        Group(0x0007fc, "[string,integer]", "hdr_ip hdr_val req.fhdr req.hdr req.hdr_ip req.hdr_val"),
        Group(0x0007fc, "[string,string]", "url_param urlp urlp_val"),
        Group(
            0x0007fc,
            "[string]",
            """
            cook cook_cnt cook_val hdr_cnt http_auth_bearer rdp_cookie rdp_cookie_cnt req.body_param req.cook
            req.cook_cnt req.cook_val req.fhdr_cnt req.hdr_cnt req.hdr_names req.rdp_cookie req.rdp_cookie_cnt
            """
        ),
        Group(0x0007fc, "integer,integer", "req.payload"),
        Group(0x0007fc, "integer,integer[,string]", "req.payload_lv"),
        Group(0x0007fc, "user list", "http_auth http_auth_group"),
        Group(
            0x0bfffc,
            "",
            """
            internal.htx.data internal.htx.free internal.htx.free_data internal.htx.has_eom internal.htx.nbblks
            internal.htx.size internal.htx.used
            """
        ),
        Group(0x0bfffc, "[string,integer]", "hdr"),
        Group(0x0bfffc, "[string]", "cookie"),
        Group(0x0bfffc, "integer,integer", "payload"),
        Group(0x0bfffc, "integer,integer[,string]", "payload_lv"),
        Group(
            0x0bfffc,
            "string",
            """
            internal.htx_blk.data internal.htx_blk.hdrname internal.htx_blk.hdrval internal.htx_blk.size
            internal.htx_blk.start_line internal.htx_blk.type
            """
        ),
        Group(0x0bfffc, "string[,integer]", "distcc_body distcc_param"),
        Group(
            0x07fffc,
            "",
            """
            capture.req.method capture.req.uri capture.req.ver capture.res.ver http_first_req method
            req.proto_http req_proto_http
            """
        ),
        Group(0x07fffc, "integer", "capture.req.hdr"),
        Group(
            0x07fffe,
            "",
            """
            ssl_c_ca_err ssl_c_ca_err_depth ssl_c_chain_der ssl_c_der ssl_c_err ssl_c_key_alg ssl_c_notafter
            ssl_c_notbefore ssl_c_serial ssl_c_sha1 ssl_c_sig_alg ssl_c_used ssl_c_verify ssl_c_version
            ssl_f_der ssl_f_key_alg ssl_f_notafter ssl_f_notbefore ssl_f_serial ssl_f_sha1 ssl_f_sig_alg
            ssl_f_version ssl_fc ssl_fc_alg_keysize ssl_fc_alpn ssl_fc_cipher ssl_fc_cipherlist_xxh
            ssl_fc_client_early_traffic_secret ssl_fc_client_handshake_traffic_secret ssl_fc_client_random
            ssl_fc_client_traffic_secret_0 ssl_fc_early_exporter_secret ssl_fc_ecformats_bin ssl_fc_err
            ssl_fc_err_str ssl_fc_exporter_secret ssl_fc_has_crt ssl_fc_has_early ssl_fc_has_sni
            ssl_fc_is_resumed ssl_fc_npn ssl_fc_protocol ssl_fc_protocol_hello_id
            ssl_fc_server_handshake_traffic_secret ssl_fc_server_random ssl_fc_server_traffic_secret_0
            ssl_fc_session_id ssl_fc_session_key ssl_fc_sni ssl_fc_unique_id ssl_fc_use_keysize ssl_s_chain_der
            ssl_s_der ssl_s_key_alg ssl_s_notafter ssl_s_notbefore ssl_s_serial ssl_s_sha1 ssl_s_sig_alg
            ssl_s_version
            """
        ),
        Group(
            0x07fffe,
            "[integer]",
            """
            ssl_fc_cipherlist_bin ssl_fc_cipherlist_hex ssl_fc_cipherlist_str ssl_fc_eclist_bin
            ssl_fc_extlist_bin
            """
        ),
        Group(0x07fffe, "[string,integer,string]", "ssl_c_i_dn ssl_c_s_dn ssl_f_i_dn ssl_f_s_dn ssl_s_i_dn ssl_s_s_dn"),
        Group(0x07ffff, "", "dst_conn fe_client_timeout fe_defbe fe_id fe_name so_id so_name"),
        Group(
            0x0fffff,
            "",
            """
            dst dst_is_local dst_port fc_dst fc_dst_is_local fc_dst_port fc_err fc_err_str fc_http_major
            fc_pp_authority fc_pp_unique_id fc_rcvd_proxy fc_src fc_src_is_local fc_src_port src src_is_local
            src_port
            """
        ),
        Group(
            0x0fffff,
            "[string]",
            """
            fc_fackets fc_lost fc_reordering fc_retrans fc_rtt fc_rttvar fc_sacked fc_unacked
            """
        ),
        Group(
            0x0fffff,
            "[table]",
            """
            sc0_kbytes_in sc0_kbytes_out sc1_kbytes_in sc1_kbytes_out sc2_kbytes_in sc2_kbytes_out
            """
        ),
        Group(0x0fffff, "integer,table", "src_clr_gpc src_get_gpc src_get_gpt src_gpc_rate src_inc_gpc"),
        Group(0x0fffff, "integer[,table]", "sc_kbytes_in sc_kbytes_out"),
        Group(
            0x0fffff,
            "table",
            """
            src_bytes_in_rate src_bytes_out_rate src_clr_gpc0 src_clr_gpc1 src_conn_cnt src_conn_cur
            src_conn_rate src_get_gpc0 src_get_gpc1 src_get_gpt0 src_gpc0_rate src_gpc1_rate src_http_err_cnt
            src_http_err_rate src_http_fail_cnt src_http_fail_rate src_http_req_cnt src_http_req_rate
            src_inc_gpc0 src_inc_gpc1 src_kbytes_in src_kbytes_out src_sess_cnt src_sess_rate src_updt_conn_cnt
            """
        ),
        Group(
            0x2fffff,
            "",
            """
            cpu_calls cpu_ns_avg cpu_ns_tot internal.strm.is_htx last_rule_file last_rule_line lat_ns_avg
            lat_ns_tot prio_class prio_offset stopping wait_end
            """
        ),
        Group(
            0x2fffff,
            "[table]",
            """
            sc0_bytes_in_rate sc0_bytes_out_rate sc0_clr_gpc0 sc0_clr_gpc1 sc0_conn_cnt sc0_conn_cur
            sc0_conn_rate sc0_get_gpc0 sc0_get_gpc1 sc0_get_gpt0 sc0_gpc0_rate sc0_gpc1_rate sc0_http_err_cnt
            sc0_http_err_rate sc0_http_fail_cnt sc0_http_fail_rate sc0_http_req_cnt sc0_http_req_rate
            sc0_inc_gpc0 sc0_inc_gpc1 sc0_sess_cnt sc0_sess_rate sc0_tracked sc0_trackers sc1_bytes_in_rate
            sc1_bytes_out_rate sc1_clr_gpc0 sc1_clr_gpc1 sc1_conn_cnt sc1_conn_cur sc1_conn_rate sc1_get_gpc0
            sc1_get_gpc1 sc1_get_gpt0 sc1_gpc0_rate sc1_gpc1_rate sc1_http_err_cnt sc1_http_err_rate
            sc1_http_fail_cnt sc1_http_fail_rate sc1_http_req_cnt sc1_http_req_rate sc1_inc_gpc0 sc1_inc_gpc1
            sc1_sess_cnt sc1_sess_rate sc1_tracked sc1_trackers sc2_bytes_in_rate sc2_bytes_out_rate
            sc2_clr_gpc0 sc2_clr_gpc1 sc2_conn_cnt sc2_conn_cur sc2_conn_rate sc2_get_gpc0 sc2_get_gpc1
            sc2_get_gpt0 sc2_gpc0_rate sc2_gpc1_rate sc2_http_err_cnt sc2_http_err_rate sc2_http_fail_cnt
            sc2_http_fail_rate sc2_http_req_cnt sc2_http_req_rate sc2_inc_gpc0 sc2_inc_gpc1 sc2_sess_cnt
            sc2_sess_rate sc2_tracked sc2_trackers
            """
        ),
        Group(0x2fffff, "backend", "avg_queue be_conn be_conn_free be_sess_rate connslots nbsrv queue"),
        Group(0x2fffff, "frontend", "fe_conn fe_req_rate fe_sess_rate"),
        Group(0x2fffff, "integer,integer[,table]", "sc_clr_gpc sc_get_gpc sc_get_gpt sc_gpc_rate sc_inc_gpc"),
        Group(
            0x2fffff,
            "integer[,table]",
            """
            sc1_clr_gpc sc_bytes_in_rate sc_bytes_out_rate sc_clr_gpc0 sc_clr_gpc1 sc_conn_cnt sc_conn_cur
            sc_conn_rate sc_get_gpc0 sc_get_gpc1 sc_get_gpt0 sc_gpc0_rate sc_gpc1_rate sc_http_err_cnt
            sc_http_err_rate sc_http_fail_cnt sc_http_fail_rate sc_http_req_cnt sc_http_req_rate sc_inc_gpc0
            sc_inc_gpc1 sc_sess_cnt sc_sess_rate sc_tracked sc_trackers
            """
        ),
        Group(
            0x2fffff,
            "server",
            """
            srv_conn srv_conn_free srv_is_up srv_iweight srv_queue srv_sess_rate srv_uweight srv_weight
            """
        ),
        Group(0x2fffff, "table", "table_avl table_cnt"),
        Group(
            0x3fffff,
            "",
            """
            always_false always_true date_us hostname nbproc proc thread unique-id
            """
        ),
        Group(0x3fffff, "IPv4 address", "ipv4"),
        Group(0x3fffff, "IPv6 address", "ipv6"),
        Group(0x3fffff, "[integer,string]", "date"),
        Group(0x3fffff, "[integer]", "rand uuid"),
        Group(0x3fffff, "integer", "int"),
        Group(0x3fffff, "string", "bin bool env meth str"),
        Group(0x3fffff, "string[,string]", "var"),
    ]
}
