internal import Patterns

/// What the engine answers of the fetch methods and converters that HAProxy knows.
enum AnsweredSamples {
    /// Why nobody answers an expression; nil if the engine does.
    static func problem(_ expression: SampleExpression) -> NotAnswered? {
        guard fetches.contains(expression.fetch.name) else {
            return NotAnswered("the criterion '\(expression.fetch.name)' is not answered yet")
        }
        if let reason = expression.quarantine { return NotAnswered(reason) }
        let other = expression.converters.first {
            !converters.contains($0.name) && MapLookup.converter($0.name) == nil
        }
        let strange = expression.converters.first {
            ["digest", "hmac"].contains($0.name) && !digests.contains($0.arguments.first?.lowercased() ?? "")
        }
        if let strange {
            return NotAnswered("'\(strange.arguments.first ?? "")' of '\(strange.name)' is not followed yet")
        }
        for call in expression.converters where call.name == "regsub" {
            // `i` makes it no other expression but for what a letter is.
            do throws(MatchPattern.Problem) {
                try MatchPattern.checkCapturing(call.arguments.first ?? "")
            } catch {
                return NotAnswered(error.message)
            }
        }
        guard let other else { return nil }
        return NotAnswered("the converter '\(other.name)' is not followed yet")
    }

    private static let digests: Set<String> = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]

    static let fetches = plainFetches.union(tableFetches)
    static let converters = plainConverters.union(tableConverters)

    private static let plainFetches = words(
        """
        always_false always_true avg_queue capture.req.hdr bc_dst bc_dst_port bc_src bc_src_port be_id dst_conn env fc_err fc_err_str fe_id be_conn be_conn_free be_sess_rate fe_sess_rate fe_req_rate srv_sess_rate be_name be_server_timeout be_tunnel_timeout bin bool
        connslots date date_us dst dst_is_local dst_port fc_dst fc_dst_is_local fc_dst_port fc_fackets fc_lost
        fc_rcvd_proxy fc_reordering fc_retrans fc_rtt fc_rttvar fc_sacked fc_src fc_src_is_local fc_src_port
        fc_unacked fe_client_timeout fe_conn fe_defbe fe_name hostname int ipv4 ipv6 nbproc nbsrv prio_class
        prio_offset proc queue rand rdp_cookie rdp_cookie_cnt rep_ssl_hello_type req.len req.payload req.payload_lv
        req.proto_http req.rdp_cookie req.rdp_cookie_cnt req.ssl_alpn req.ssl_ec_ext req.ssl_hello_type req.ssl_sni
        req.ssl_st_ext req.ssl_ver req_len req_proto_http req_rdp_cookie req_rdp_cookie_cnt req_ssl_hello_type
        req_ssl_sni req_ssl_ver res.len res.payload res.payload_lv res.ssl_hello_type so_id so_name src src_is_local
        src_port srv_conn srv_conn_free srv_id srv_is_up srv_iweight srv_name srv_queue srv_uweight srv_weight str
        thread unique-id uuid var wait_end
        """
    )

    private static let plainConverters = words(
        """
        add add_item and b64dec base64 be2dec be2hex bool bytes concat cpl crc32 crc32c cut_crlf digest div djb2 even field hex hex2i hmac host_only htonl http_date iif
        ipmask json length lower ltime ltrim mod mul neg not odd or port_only regsub rtrim sdbm secure_memcmp set-var sha1 sha2 strcmp sub ub64dec ub64enc unset-var upper url_dec url_enc
        utime word wt6 xor xxh32 xxh64
        """
    )

    /// What stick tables know of what is tracked, and of the client.
    private static let tableFetches: Set<String> = {
        let both = words(
            """
            bytes_in_rate bytes_out_rate clr_gpc0 clr_gpc1 conn_cnt conn_cur conn_rate get_gpc0 get_gpc1 get_gpt0 gpc0_rate
            gpc1_rate http_err_cnt http_err_rate http_fail_cnt http_fail_rate http_req_cnt http_req_rate inc_gpc0 inc_gpc1
            kbytes_in kbytes_out sess_cnt sess_rate
            """
        )
        let arrays = words("clr_gpc get_gpc get_gpt gpc_rate inc_gpc")
        let tracked = both.union(words("tracked trackers"))
        var names = words("table_avl table_cnt src_updt_conn_cnt")
        for prefix in ["sc0_", "sc1_", "sc2_", "sc_"] { names.formUnion(tracked.map { prefix + $0 }) }
        names.formUnion(arrays.map { "sc_" + $0 })
        names.formUnion(both.union(arrays).map { "src_" + $0 })
        return names
    }()

    private static let tableConverters = words(
        """
        in_table table_bytes_in_rate table_bytes_out_rate table_conn_cnt table_conn_cur table_conn_rate table_expire table_gpc
        table_gpc0 table_gpc0_rate table_gpc1 table_gpc1_rate table_gpc_rate table_gpt table_gpt0 table_http_err_cnt
        table_http_err_rate table_http_fail_cnt table_http_fail_rate table_http_req_cnt table_http_req_rate table_idle
        table_kbytes_in table_kbytes_out table_server_id table_sess_cnt table_sess_rate table_trackers
        """
    )

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map { String($0) })
    }
}
