/// The converters of HAProxy 2.6 with their arguments (`haproxy -dKcnv`).
enum SampleConverters {
    static func arguments(_ name: String) -> ArgumentList? { all[name] }

    private static let all: [String: ArgumentList] = {
        var all: [String: ArgumentList] = [:]
        for (arguments, names) in groups {
            let list = ArgumentList(arguments)
            for name in names.split(whereSeparator: { $0 == " " || $0 == "\n" }) { all[String(name)] = list }
        }
        return all
    }()

    private static let groups: [(arguments: String, names: String)] = [
        (
            "",
            """
            b64dec base64 bool cpl cut_crlf even fix_is_valid hex hex2i host_only htonl length lower
            mqtt_is_valid nbsrv neg not odd port_only sha1 srv_queue ub64dec ub64enc upper
            """
        ),
        ("IPv4 mask[,IPv6 mask]", "ipmask"),
        ("Protocol buffers field number[,string]", "protobuf ungrpc"),
        ("[integer,string]", "http_date"),
        ("[integer]", "crc32 crc32c djb2 sdbm sha2 url_dec wt6 xxh3 xxh32 xxh64"),
        ("[string,string]", "debug jwt_header_query jwt_payload_query"),
        ("integer", "capture-req capture-res"),
        ("integer,string,string,string", "aes_gcm_dec"),
        ("integer,string[,integer]", "field word"),
        ("integer,table", "table_gpc table_gpc_rate table_gpt"),
        ("integer[,integer]", "bytes"),
        ("regex,string[,string]", "regsub"),
        (
            "string",
            """
            add and digest div fix_tag_value json ltrim mod mul or rtrim secure_memcmp strcmp sub unset-var
            url_enc xor
            """
        ),
        ("string,string", "hmac iif jwt_verify mqtt_field_value"),
        ("string,string[,string]", "add_item"),
        ("string[,integer,integer]", "be2dec be2hex"),
        (
            "string[,integer]",
            """
            ltime map_beg_int map_dir_int map_dom_int map_end_int map_int_int map_ip_int map_reg_int map_str_int
            map_sub_int utime
            """
        ),
        ("string[,string,string,string,string]", "set-var"),
        ("string[,string,string]", "concat"),
        (
            "string[,string]",
            """
            json_query language map map_beg map_beg_ip map_dir map_dir_ip map_dom map_dom_ip map_end map_end_ip
            map_int map_int_ip map_ip map_ip_ip map_reg map_reg_ip map_regm map_str map_str_ip map_sub
            map_sub_ip
            """
        ),
        (
            "table",
            """
            in_table table_bytes_in_rate table_bytes_out_rate table_conn_cnt table_conn_cur table_conn_rate
            table_gpc0 table_gpc0_rate table_gpc1 table_gpc1_rate table_gpt0 table_http_err_cnt
            table_http_err_rate table_http_fail_cnt table_http_fail_rate table_http_req_cnt table_http_req_rate
            table_kbytes_in table_kbytes_out table_server_id table_sess_cnt table_sess_rate table_trackers
            """
        ),
        ("table[,integer]", "table_expire table_idle"),
    ]
}
