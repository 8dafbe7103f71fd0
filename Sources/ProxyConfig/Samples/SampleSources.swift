/// What a fetch method reads its answer from, as HAProxy names it where that is not there.
enum SampleSources {
    /// Of a method that is answered everywhere HAProxy has no need to say it, and neither do we.
    static func label(_ name: String) -> String {
        if let known = known[name] { return known }
        if ["src", "dst", "fc_"].contains(where: { name.hasPrefix($0) }) { return "client address" }
        if ["sc_", "sc0_", "sc1_", "sc2_", "table_"].contains(where: { name.hasPrefix($0) }) {
            return "internal state"
        }
        if name.hasPrefix("ssl_bc") { return "server-side connection" }
        if name.hasPrefix("ssl_") { return "client-side connection" }
        if name.hasPrefix("bc_") { return "server address" }
        if name.hasPrefix("srv_") { return "server" }
        if name.hasPrefix("be_") || name.hasPrefix("cur_") { return "backend" }
        if name.hasPrefix("capture.req.") { return "HTTP request" }
        if name.hasPrefix("distcc_") { return "request buffer,response buffer" }
        if name.hasPrefix("internal.htx") { return "HTTP request headers,HTTP response headers" }
        let isAnswer = ["res.", "resp_", "scook", "shdr"].contains { name.hasPrefix($0) }
        return isAnswer ? "HTTP response headers" : "HTTP request headers"
    }

    private static let known: [String: String] = {
        var known: [String: String] = [:]
        func add(_ source: String, _ names: String) {
            for name in names.split(whereSeparator: { $0 == " " || $0 == "\n" }) { known[String(name)] = source }
        }
        add(
            "request buffer",
            """
            rdp_cookie rdp_cookie_cnt req.len req.payload req.payload_lv req.rdp_cookie req.rdp_cookie_cnt req.ssl_alpn
            req.ssl_ec_ext req.ssl_hello_type req.ssl_sni req.ssl_st_ext req.ssl_ver req_len req_rdp_cookie
            req_rdp_cookie_cnt req_ssl_hello_type req_ssl_sni req_ssl_ver
            """
        )
        add("frontend", "dst_conn fe_client_timeout fe_defbe fe_id fe_name so_id so_name")
        add(
            "internal state",
            """
            avg_queue be_conn be_conn_free be_sess_rate connslots fe_conn fe_req_rate fe_sess_rate last_rule_file
            last_rule_line nbsrv prio_class prio_offset queue srv_conn srv_conn_free srv_is_up srv_iweight srv_queue
            srv_sess_rate srv_uweight srv_weight stopping wait_end
            """
        )
        add("response buffer", "rep_ssl_hello_type res.len res.payload res.payload_lv res.ssl_hello_type")
        add("request buffer,response buffer", "payload payload_lv")
        add("HTTP request headers,HTTP response headers", "cookie hdr")
        add("HTTP request", "capture.res.ver http_first_req method req.proto_http req_proto_http")
        add("HTTP response", "capture.res.hdr res.cache_hit res.cache_name res.comp res.comp_algo status")
        return known
    }()
}
