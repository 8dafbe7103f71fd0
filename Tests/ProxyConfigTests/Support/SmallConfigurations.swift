/// Small configurations, right and wrong, on which our check and `haproxy -c` must agree. What HAProxy says about them
/// is asked for when the tests run; the list holds no expectations.
enum SmallConfigurations {
    static let all = documents + global + proxies + sockets + sticks + binds + servers + rules + values + lists

    private static func frontend(_ lines: String...) -> String {
        "frontend f\n  mode tcp\n  bind 127.0.0.1:80\n" + lines.map { "  \($0)\n" }.joined() + "backend b\n"
    }

    private static func backend(_ lines: String...) -> String {
        "backend b\n  mode tcp\n" + lines.map { "  \($0)\n" }.joined()
    }

    private static func global(_ lines: String...) -> String {
        "global\n" + lines.map { "  \($0)\n" }.joined()
    }

    private static let documents = [
        "", "\n\n", "# nothing\n", "global\n", "global", "global\r\n  maxconn 100\r\n", "foo bar\n", "traces\n",
        "no global\n",
        "global\n  maxconn 100 \\\n", "global\n  description \"unmatched\n", "global\n  description \\x4\n",
        "global\n  description \"${A-b}\" \"$HOME\" '$x'\n", "global\n  description \"${A\"\n",
        "global\n  description \"$1\"\n",
        "\"global\"\n  maxconn 1\n", ".notice \"hello\"\n", ".alert \"stop\"\n", "namespace_list\n",
        "global\n  description " + String(repeating: "a ", count: 70) + "\n",
    ]

    private static let global = [
        global("nosuch 1"), global("maxcon 3"), global("maxconn"), global("maxconn x"), global("maxconn 1 2"),
        global("maxconn -1"),
        global("nbthread 2"), global("nbthread a"), global("nbthread 65"), global("nbthread 0"), global("nbproc 2"),
        global("user haproxy", "group haproxy"), global("user nosuchuser"), global("group nosuchgroup"), global("user"),
        global("chroot"), global("chroot /var/lib/haproxy"), global("daemon"), global("daemon x"),
        global("master-worker"),
        global("master-worker no-exit-on-failure"), global("master-worker x"), global("hard-stop-after 30s"),
        global("hard-stop-after 5q"), global("hard-stop-after"), global("log stdout format raw local0 info"),
        global("log stdout"),
        global("log 127.0.0.1 local0"), global("log 127.0.0.1 local9"), global("log 127.0.0.1 local0 infoo"),
        global("log 127.0.0.1:514 len 800 local0 info notice"), global("log /dev/log local0 format raw"),
        global("log stdout len x local0"),
        global("log stdout format foo local0"), global("no log"), global("no maxconn"),
        global("stats socket /run/x.sock level admin"),
        global("stats socket /run/x.sock mode 600 user haproxy expose-fd listeners"),
        global("stats socket /run/x.sock level admn"),
        global("stats socket"), global("stats timeout 30s"), global("stats timeout x"), global("stats foo"),
        global("spread-checks 5"),
        global("spread-checks 51"), global("ssl-default-bind-ciphers ECDH"), global("ca-base /etc/ssl/certs"),
        global("mworker-max-reloads 100"), global("tune.bufsize 16384"), global("no busy-polling"), global("pidfile"),
        global("log-tag x"), global("log-tag"), global("node n1"), global("uid x"), global("stats maxconn 10"),
    ]

    private static let sockets =
        [
            global("unix-bind prefix /tmp/ mode 600 user root group root"), global("unix-bind mood 3"),
            global("unix-bind uid 3 gid x"), backend("clitcpka-idle 3m"), backend("srvtcpka-cnt x"),
            backend("srvtcpka-cnt 3", "srvtcpka-idle 30", "srvtcpka-intvl 5s"), backend("srvtcpka-idle x"),
            backend("source"), backend("source 127.0.0.1"), backend("source 127.0.0.1:10"),
            backend("source 127.0.0.1:1-9"),
            backend("source 127.0.0.1 foo"), backend("source 127.0.0.1 usesrc"),
            backend("source 127.0.0.1 usesrc clientip"),
            backend("source 127.0.0.1 usesrc 192.0.2.1:7"), backend("source 127.0.0.1 interface lo"),
            backend("source 127.0.0.1 interface"),
        ]
        + [
            "/tmp/f.sock mode 600 user root group root", "/tmp/f.sock mode 9", "/tmp/f.sock user nosuchuser",
            "/tmp/f.sock group nosuchgroup", "abns@" + String(repeating: "x", count: 120), "abns@x",
            "127.0.0.1:81 mss 0",
            "127.0.0.1:81 mss -20 tcp-ut 3s tfo defer-accept transparent", "127.0.0.1:81 tcp-ut x",
            "/" + String(repeating: "x", count: 120), "127.0.0.1:81 accept-proxy", "127.0.0.1:81 interface lo",
        ].map { frontend("bind \($0)") }
        + [
            "127.0.0.1:1 send-proxy proxy-v2-options foo",
            "127.0.0.1:1 send-proxy-v2 proxy-v2-options crc32c,unique-id",
            "127.0.0.1:1 usesrc client", "127.0.0.1:1 source 127.0.0.1:1-9 usesrc client", "/tmp/x source 127.0.0.1",
            "abns@x", "127.0.0.1:+1000", "127.0.0.1", "127.0.0.1:1 source", "127.0.0.1:1 tcp-ut x",
            "/" + String(repeating: "x", count: 120), "127.0.0.1:1 send-proxy-v2-ssl-cn no-send-proxy",
            "127.0.0.1:1 tfo",
        ].map { backend("server s \($0)") }

    private static let sticks =
        [
            "type ip", "size 1", "type ip size 1k", "type ip size 1m expire 30m nopurge", "type ip size 1z",
            "type ip size 1 expire x", "type ip size 1 expire 0", "type nosuch size 1", "type ip len 3 size 1",
            "type string len 3 size 1", "type string len 0 size 1", "type ip size 1 foo", "type ip size 0",
            "type ip size 1 store conn_cnt,conn_rate(10s) store gpc0", "type ip size 1 store nosuch",
            "type ip size 1 peers nosuch", "type ip size 1 srvkey addr", "type ip size 1 srvkey x",
        ].map { backend("stick-table \($0)") }
        + [
            "on src", "match src", "store-request src", "store-response src", "store src", "on", "on nosuch",
            "on src,nosuch", "on src,ipmask(24)", "on src,ipmask(255.255.0.0,64)", "on src table nosuch", "on src foo",
            "on src if { dst_port 3 }", "on src unless { nosuch 3 }", "on dst_port", "on src_port", "on str(abc)",
            "on req.ssl_sni", "on payload_lv(43,1) table b",
        ].map { backend("stick-table type string size 10", "stick \($0)") }
        + [
            backend("stick on src"), frontend("stick on src"), frontend("stick-table type ip size 1"),
            backend("stick-table type ip size 1", "stick-table type ip size 1"),
            "peers p\n  peer x 127.0.0.1:1024\n  table t type ip size 1\nbackend b\n  stick on src table p/t\n",
            "defaults\n  stick-table type ip size 1\n", "defaults\n  source 127.0.0.1\n",
        ]

    private static let proxies = [
        "frontend\n", "backend\n", "listen\n", "frontend f g\n", "frontend f{x}\n", "backend b:c.d-e_f\n",
        "frontend f\nfrontend f\n",
        "frontend f\nbackend f\n", "frontend f\nlisten f\n", "backend b\nlisten b\n", "backend b\nbackend b\n",
        "listen a\nfrontend a\n",
        "defaults\n  mode tcp\n", "defaults from x\n", "defaults x\n  mode tcp\ndefaults y from x\nbackend b from y\n",
        "backend b from x\n", "frontend f from\n", "defaults a b\n", "defaults\n  bind :80\n",
        "defaults\n  server s 1.1.1.1:80\n",
        "defaults\n  use_backend x\n", "defaults\n  acl a dst_port 3\n", "defaults x\n  acl a dst_port 3\n",
        "defaults\n  default_backend x\n", "defaults\n  default_backend x\nfrontend f\n  bind 127.0.0.1:80\n",
        "defaults\n  timeout client 1s\n  retries 2\n",
        "defaults\n  default_backend x\nbackend b\n", "defaults\n  default_backend b\nbackend b\n",
        "defaults\n  default-server inter 1s\n",
        "defaults\n  filter trace\n",
        backend("bind 127.0.0.1:80"), backend("maxconn 4"), backend("default_backend nosuch"),
        backend("use_backend nosuch"),
        backend("default_backend b"), frontend("server s 1.1.1.1:80"), frontend("balance roundrobin"),
        frontend("retries 2"),
        frontend("default-server inter 1s"), frontend("server-template s 2 127.0.0.1:80"),
        frontend("mode foo"), frontend("mode"), frontend("foo bar"), frontend("usebackend b"), frontend("option"),
        frontend("option foo"),
        frontend("option tpclog"), frontend("no option tcplog"), frontend("no option dontlognull"),
        frontend("default option dontlognull"),
        frontend("no mode tcp"), frontend("option httplog"), frontend("option forwardfor"), frontend("log global"),
        frontend("no log"),
        frontend("log global foo"), frontend("log stdout"), frontend("log-format \"%ci %cp\""), frontend("log-format"),
        frontend("log-tag"),
        frontend("disabled"), frontend("enabled"), frontend("id 7"), frontend("id 0"), frontend("description a b"),
        frontend("errorfile 503"),
        "frontend f\n  mode http\n  bind 127.0.0.1:80\n  default_backend b\nbackend b\n  mode tcp\n",
        "frontend f\n  mode tcp\n  bind 127.0.0.1:80\n  default_backend b\nbackend b\n  mode http\n",
        "frontend f\n  mode http\n  bind 127.0.0.1:80\n  stats enable\n  stats uri /\n  http-request deny\n",
        "listen s\n  mode http\n  bind 127.0.0.1:80\n  monitor-uri /up\n  stats auth a:b\n",
    ]

    private static let binds = [
        ":80", "*:80", "127.0.0.1:80", "[::]:80", ":::80 v4v6", "::1:80", "localhost:80", "127.0.0.1", "127.0.0.1:",
        ":0", ":99999",
        "1.2.3:80", "1.2.3.256:80", ":80-90", ":90-80", ":80-", ":http", "127.0.0.1:80,127.0.0.2:81", "127.0.0.1:80,",
        "/tmp/x.sock",
        "unix@/tmp/x.sock mode 600", "abns@x", "ipv4@:80", "ipv6@:80", "ipv4@::1:80", "ipv6@127.0.0.1:80", "",
        ":80 name", ":80 name a",
        ":80 bakclog 3", ":80 backlog 3", ":80 backlog x", ":80 backlog -1", ":80 maxconn x", ":80 maxconn -1",
        ":80 mss 0", ":80 mss 1400",
        ":80 level foo", ":80 interface lo", ":80 ssl",
        ":80 tfo defer-accept transparent", ":80 accept-proxy",
        ":80 tcp-ut 5s", ":80 tcp-ut x", ":80 nice 5", ":80 id 5", ":80 v6only", ":80 shards 2", ":80 crt", ":+80",
        "[127.0.0.1]:80",
        "[::1:80", "0:80", "tcp@127.0.0.1:80",
    ].map { "frontend f\n  mode tcp\n  bind \($0)\n" }

    private static let servers = [
        "", "s", "s 1.1.1.1", "s 1.1.1.1:80", "s 1.1.1.1 check", "s 1.1.1.1 check port 80", "s 1.1.1.1:0 check",
        "s 1.1.1.1:+80", "s 1.1.1.1:+80 check",
        "s 1.1.1.1:-80 check port 8", "s 1.1.1.1:80-90", "s 1.1.1.1:99999", "s 1.1.1.1:x", "s [::1]:80", "s ::1:80",
        "s [::1]", "s /tmp/x.sock check",
        "s abns@x", "s 1.1.1:80", "s 1.1.1.1:80 weight 0", "s 1.1.1.1:80 weight 256", "s 1.1.1.1:80 weight 257",
        "s 1.1.1.1:80 weight -1",
        "s 1.1.1.1:80 weight x", "s 1.1.1.1:80 weight", "s 1.1.1.1:80 wieght 3",
        "s 1.1.1.1:80 check inter 2s fall 3 rise 2", "s 1.1.1.1:80 inter 0",
        "s 1.1.1.1:80 inter x", "s 1.1.1.1:80 inter 5x", "s 1.1.1.1:80 rise 0", "s 1.1.1.1:80 fall 0",
        "s 1.1.1.1:80 rise x", "s 1.1.1.1:80 port 99999",
        "s 1.1.1.1:80 port 0", "s 1.1.1.1:80 port x", "s 1.1.1.1:80 addr 2.2.2.2", "s 1.1.1.1:80 addr x.y.invalid",
        "s 1.1.1.1:80 addr",
        "s 1.1.1.1:80 check verify none weight 100", "s 1.1.1.1:80 ssl", "s 1.1.1.1:80 ssl verify none",
        "s 1.1.1.1:80 verify", "s 1.1.1.1:80 verify foo",
        "s 1.1.1.1:80 check-ssl", "s 1.1.1.1:80 check check-ssl verify none", "s 1.1.1.1:80 backup disabled",
        "s 1.1.1.1:80 enabled",
        "s 1.1.1.1:80 send-proxy", "s 1.1.1.1:80 send-proxy-v2 check-send-proxy",
        "s 1.1.1.1:80 maxconn 10 minconn 1 maxqueue 4",
        "s 1.1.1.1:80 maxconn x", "s 1.1.1.1:80 on-marked-down shutdown-sessions on-marked-up shutdown-backup-sessions",
        "s 1.1.1.1:80 on-marked-down foo", "s 1.1.1.1:80 observe layer4 error-limit 5 on-error mark-down check",
        "s 1.1.1.1:80 observe layer5",
        "s 1.1.1.1:80 observe layer4", "s 1.1.1.1:80 observe layer7 check",
        "s 1.1.1.1:80 slowstart 10s", "s 1.1.1.1:80 slowstart x", "s 1.1.1.1:80 id 0", "s 1.1.1.1:80 id 5",
        "s 1.1.1.1:80 cookie c", "s 1.1.1.1:80 source 1.2.3.4",
        "s 1.1.1.1:80 source 1.2.3.4:1000-2000 interface lo", "s 1.1.1.1:80 source", "s 1.1.1.1:80 error-limit 0",
        "s 1.1.1.1:80 tcp-ut 5s",
        "s{ 1.1.1.1:80", "s 1.1.1.1:80 track b/zz", "s 1.1.1.1:80 agent-check",
        "s 1.1.1.1:80 agent-check agent-port 99",
        "s 1.1.1.1:80\n  server s 1.1.1.2:80", "s 1.1.1.1:80 on-error foo", "s 1.1.1.1:80 fastinter 1s downinter 5s",
        "s 1.1.1.1:80 no-check no-backup no-ssl",
        "s 1.1.1.1:80 namespace", "s localhost:80 check", "s *:80", "s 0.0.0.0:80", "s 1.1.1.1: check",
        "s 1.1.1.1:80 id 5\n  server t 1.1.1.1:80 id 5",
        "s 1.1.1.1:80 check\n  server t 1.1.1.2:80 track s", "s 1.1.1.1:80 check\n  server t 1.1.1.2:80 check track s",
        "s 1.1.1.1:80\n  server t 1.1.1.2:80 track s",
    ].map { "backend b\n  mode tcp\n  server \($0)\n" }

    private static let rules = [
        "use_backend b", "use_backend b if { dst_port 80 }", "use_backend b unless { dst_port 80 443 1000:2000 }",
        "use_backend",
        "use_backend b if", "use_backend b foo", "use_backend nosuch if { dst_port 80 }",
        "use_backend %[dst_port] if TRUE", "default_backend nosuch",
        "default_backend b", "default_backend", "default_backend b c", "use_backend b if { dst_port 80",
        "use_backend b if { }", "use_backend b if or",
        "use_backend b if a or", "use_backend b if !", "use_backend b if TRUE !FALSE or LOCALHOST",
        "use_backend b if ! TRUE", "use_backend b if !{ src 10.0.0.0/8 }",
        "use_backend b if { dst_port -m int 80 } || { dst_port eq 80 }", "use_backend b if { dst_port gt 80 }",
        "use_backend b if { dst_port foo }",
        "use_backend b if { foo }", "use_backend b if nosuch", "use_backend b if { req_ssl_sni -i x }",
        "use_backend b if { src_is_local }",
        "use_backend b if { nbsrv(b) gt 1 }", "use_backend b if { path_beg /x }", "acl", "acl x", "acl 1:y src 1.1.1.1",
        "acl or src 1.1.1.1", "acl x foo",
        "acl p dst_port 80a", "acl q dst_port 90:80", "acl q dst_port 80:", "acl q dst_port :80",
        "acl r src 1.1.1.1/33", "acl r src 1.1.1.1/255.255.0.0", "acl s src", "acl t dst_port",
        "acl t src ::1 fd00::/8", "acl t src 1.1.1.1/0", "acl t src foo.invalid", "acl t{ src 1.1.1.1",
        "acl t always_true",
        "acl t src 10.1/16", "acl t src 10.0.0.0/x", "acl t dst_port ge 1 le 2", "acl t dst_port -i 80",
        "acl t dst_port -- 80", "acl t dst_port -5",
        "acl a dst_port 80\n  acl a dst_port 81\n  use_backend b if a !a", "use_backend b if HTTP",
        "use_backend b if METH_GET", "use_backend b if WAIT_END",
        "tcp-request connection reject if { src 10.0.0.0/8 }", "tcp-request inspect-delay 5s", "rate-limit sessions 5",
        "rate-limit foo", "rate-limit",
        "use_backend b if {dst_port 80}", "use_backend b if { dst_port 80 } { src 10.0.0.0/8 } or { dst 1.1.1.1 }",
    ].map { frontend($0) }

    private static let values =
        [
            "timeout client 10s", "timeout client", "timeout foo 1", "timeout", "timeout client 5x",
            "timeout client 1us", "timeout client 1500us", "timeout client 10 20",
            "timeout client -5", "timeout client 25d", "timeout client 24d", "timeout client 99999999999",
            "timeout client 2147483648", "timeout client 0",
            "timeout server 1s", "timeout client 1.5s", "timeout client 5ss", "timeout http-request 5s",
            "timeout connect 5s", "timeout client-fin 5s",
            "maxconn x", "maxconn", "maxconn 1 2", "backlog 10", "backlog -3", "retries x", "monitor-uri /x",
            "option tcp-smart-accept", "option clitcpka",
            "clitimeout 5", "capture request header x len 5", "option httplog clf", "option tcplog foo",
            "option dontlognull foo",
            "http-request deny", "unique-id-format x", "grace 5", "bind-process 1", "monitor-net 10.0.0.0/8",
        ].map { frontend($0) }
        + [
            "balance", "balance roundrobin", "balance foo", "balance random(0)", "balance random(2)", "balance random",
            "balance source", "balance leastconn",
            "balance first", "balance static-rr", "balance uri", "balance hdr(x)", "balance rdp-cookie",
            "balance url_param", "balance roundrobin x",
            "fullconn 5", "fullconn y", "fullconn", "retries 5", "retries x", "retries", "option redispatch",
            "option redispatch 2", "option redispatch x",
            "option tcp-check",
            "option tcp-check\n  tcp-check connect\n  tcp-check send PING\\r\\n\n  tcp-check expect string +PONG",
            "tcp-check foo",
            "option httpchk", "option httpchk GET /readyz HTTP/1.0", "http-check expect status 200", "http-check",
            "option mysql-check", "option mysql-check user x",
            "option smtpchk", "option ssl-hello-chk", "option ldap-check", "option redis-check", "option pgsql-check",
            "option pgsql-check user x", "option allbackups",
            "option log-health-checks", "option srvtcpka", "option nolinger", "no option nolinger",
            "default-server inter 2s fall 1", "default-server", "default-server foo",
            "default-server weight 300", "server-template s 3 127.0.0.1:80 check", "server-template s 0 127.0.0.1:80",
            "server-template s", "server-template s 1-3 127.0.0.1:80",
            "stick-table type ip size 1m expire 5m\n  stick on src", "stick-table type foo", "hash-type consistent",
            "hash-type foo", "source 1.2.3.4",
            "timeout client 5s", "timeout tunnel 1h", "timeout queue 5m", "timeout server-fin 1s",
            "dispatch 1.1.1.1:80", "cookie SRV insert", "option external-check",
            "option prefer-last-server", "option transparent", "http-reuse safe", "use-server s if TRUE", "redispatch",
            "persist rdp-cookie", "email-alert to x",
            "load-server-state-from-file none", "retry-on all-retryable-errors", "option persist",
            "external-check path /bin",
        ].map { backend($0) }

    private static let lists = [
        "userlist u\nuserlist u\n", "userlist\n", "userlist u\n  user a password $5$salt$hash\n",
        "userlist u\n  user a password junk\n", "userlist u\n  user a insecure-password x\n",
        "userlist u\n  user a insecure-password x\n  user a insecure-password y\n", "userlist u\n  user\n",
        "userlist u\n  foo\n", "userlist u\n  group g users a,b\n",
        "userlist u\n  group g users a\n  user a insecure-password x\n",
        "userlist u\n  group g\n  user a insecure-password x groups g\n",
        "userlist u\n  user q insecure-password x groups nosuch\n", "userlist u\n  user a foo b\n",
        "userlist u\n  user a\n", "userlist u\n  user a password\n",
        "userlist u\n  group\n", "userlist u\n  group g foo a\n", "userlist u v\n",
        "resolvers r\n  nameserver dns1 10.0.0.1:53\n  hold valid 10s\n  timeout retry 1s\n", "resolvers r\n  foo\n",
        "resolvers\n", "peers p\n  foo\n", "peers p\n",
        "mailers m\n  mailer m1 10.0.0.1:25\n", "mailers m\n  foo\n", "cache c\n  total-max-size 4\n",
        "cache c\n  foo\n", "program p\n  command /bin/true\n  no option start-on-reload\n",
        "program p\n  foo\n", "global\n  master-worker\nprogram p\n  command /bin/true\n",
        "ring r\n  size 32768\n  format rfc3164\n", "log-forward l\n  foo\n", "http-errors h\n",
        "fcgi-app f\n  docroot /x\n", "program\n",
    ]
}
