import Files
import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// OpenShift's static pod, and the pair in front of a Kubernetes API: their configurations word for word but for where files
/// are, and the pod's own shell.
@Suite(.blocking) struct StaticPodTests {
    /// The pod's shell as it is, paths and the time until old processes are ended apart.
    private static let shell = #"""
        #/bin/bash
        verify_old_haproxy_ps_being_deleted()
        {
          local prev_pids
          prev_pids="$1"
          sleep $OLD_HAPROXY_PS_FORCE_DEL_TIMEOUT
          cur_pids=$(pidof haproxy)
          for val in $prev_pids; do
              if [[ $cur_pids =~ (^|[[:space:]])"$val"($|[[:space:]]) ]] ; then
                 kill $val
              fi
          done
        }

        reload_haproxy()
        {
          old_pids=$(pidof haproxy)
          if [ -n "$old_pids" ]; then
              /usr/sbin/haproxy -W -db -f /etc/haproxy/haproxy.cfg  -p /var/lib/haproxy/run/haproxy.pid -x /var/lib/haproxy/run/haproxy.sock -sf $old_pids &
              #There seems to be some cases where HAProxy doesn't drain properly.
              #To handle that case, SIGTERM signal being sent to old HAProxy processes which haven't terminated.
              verify_old_haproxy_ps_being_deleted "$old_pids"  &
          else
              /usr/sbin/haproxy -W -db -f /etc/haproxy/haproxy.cfg  -p /var/lib/haproxy/run/haproxy.pid &
          fi
        }

        msg_handler()
        {
          while read -r line; do
            echo "The client send: $line"  >&2
            # currently only 'reload' msg is supported
            if [ "$line" = reload ]; then
                reload_haproxy
            fi
          done
        }
        set -ex
        declare -r haproxy_sock="/var/run/haproxy/haproxy-master.sock"
        declare -r haproxy_log_sock="/var/run/haproxy/haproxy-log.sock"
        export -f msg_handler
        export -f reload_haproxy
        export -f verify_old_haproxy_ps_being_deleted
        rm -f "$haproxy_sock" "$haproxy_log_sock"
        socat UNIX-RECV:${haproxy_log_sock} STDOUT &
        if [ -s "/etc/haproxy/haproxy.cfg" ]; then
            /usr/sbin/haproxy -W -db -f /etc/haproxy/haproxy.cfg  -p /var/lib/haproxy/run/haproxy.pid &
        fi
        socat UNIX-LISTEN:${haproxy_sock},fork system:'bash -c msg_handler'
        """#

    private static func fixture(_ name: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
        return try #require(try AtomicFile.readText("\(root)/Fixtures/haproxy/\(name).cfg"))
    }

    /// Files are under `directory`.
    private static func moved(_ text: String, _ directory: String) -> String {
        text.replacing("/var/run/haproxy", with: "\(directory)/run")
            .replacing("/var/lib/haproxy/run", with: "\(directory)/lib")
            .replacing("/etc/haproxy/haproxy.cfg", with: "\(directory)/haproxy.cfg")
            .replacing("/usr/sbin/haproxy", with: "\(directory)/haproxy")
    }

    private static func write(_ text: String, _ path: String) throws {
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try file.writeAll(Array(text.utf8))
    }

    /// The status that a page has, and what it says.
    private static func fetch(_ url: String, _ options: String...) -> (status: String, body: String) {
        let words = ["curl", "-s", "-m", "20", "-g", "-w", "\n%{http_code}"] + options + [url]
        let text = (try? Subprocess.run(words, input: []).output) ?? ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
    }

    @Test func thePodsShellStartsAndReloads() throws {
        try withDaemonRoom { directory in
            for place in ["run", "lib"] { mkdir("\(directory)/\(place)", 0o755) }
            symlink(proxyd, "\(directory)/haproxy")
            for host in 10...13 { try run("ip", "address", "add", "172.21.104.\(host)/32", "dev", "lo") }
            let servers = try (10...12).map { try Self.apiServer("172.21.104.\($0)", in: directory) }
            let configuration = Self.moved(try Self.fixture("seed-003"), directory)
            try Self.write(configuration, "\(directory)/haproxy.cfg")
            // The shell finds processes by their name: it must not find those of others. In the pod's image sh is bash, which
            // passes functions on.
            let pod = try Background(
                [
                    "env", "OLD_HAPROXY_PS_FORCE_DEL_TIMEOUT=3", "unshare", "--mount", "--pid", "--fork",
                    "--kill-child",
                    "--mount-proc", "bash", "-c", "mount --bind /bin/bash /bin/sh; exec bash -c \"$0\"",
                    Self.moved(Self.shell, directory),
                ],
                in: directory
            )
            func isReady() -> Bool { Self.fetch("http://127.0.0.1:50936/haproxy_ready").status == "200" }
            try #require(eventually { isReady() }, "\(pod.errors)")
            #expect(Self.fetch("http://[::1]:50936/haproxy_ready").status == "200")
            let unknown = Self.fetch("http://127.0.0.1:50936/")
            #expect(unknown.status == "503" && unknown.body.contains("No server is available to handle this request."))

            let page = "http://localhost:30000/haproxy_stats"
            #expect(Self.fetch(page).status == "401")
            #expect(Self.fetch(page, "-u", "Username:Wrong").status == "401")
            let shown = Self.fetch(page, "-u", "Username:Password")
            #expect(shown.status == "200" && shown.body.contains("master-2"))
            #expect(
                !shown.body.contains("2.6.12")
            )
            // `rise 3`: each has passed its check over TLS.
            func states() -> [String] {
                Self.fetch(page + ";csv", "-u", "Username:Password").body.split(separator: "\n").filter {
                    $0.hasPrefix("masters,master-")
                }.map { line in
                    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                    return fields.count > 36 ? "\(fields[17]) \(fields[36])" : ""
                }
            }
            #expect(eventually { states() == ["UP L7OK", "UP L7OK", "UP L7OK"] }, "\(states()) \(pod.output)")
            #expect(Self.fetch("https://127.0.0.1:9445/readyz", "-k").status == "200")
            #expect(Self.fetch("https://[::1]:9445/readyz", "-k").status == "200")

            // A connection that is there when the message comes.
            let staying = try TestSocket.connect(port: 9445)
            let before = try #require(try AtomicFile.readText("\(directory)/lib/haproxy.pid"))
            try Self.write(
                configuration + "   server master-3 172.21.104.13:6443 weight 1 verify none check check-ssl inter 1s\n",
                "\(directory)/haproxy.cfg"
            )
            try run("socat", "-", "UNIX-CONNECT:\(directory)/run/haproxy-master.sock", input: "reload\n")
            let isNew = eventually { states().count == 4 }
            #expect(isNew, "\(pod.errors)")
            #expect(isReady())
            #expect(try AtomicFile.readText("\(directory)/lib/haproxy.pid") != before)
            // The former process goes, at the latest when the shell ends it.
            #expect(eventually { staying.isCut() })
            #expect(eventually { pod.errors.contains("The client send: reload") })
            withExtendedLifetime(servers) {}
        }
    }

    /// A Kubernetes API as far as its readiness goes: OpenSSL's own server.
    private static func apiServer(_ address: String, in directory: String) throws -> Background {
        let path = "\(directory)/\(address)"
        mkdir(path, 0o755)
        let certificate = try ThrowawayCertificate("api", in: path)
        let server = try Background(
            [
                "openssl", "s_server", "-accept", "\(address):6443", "-cert", certificate.certificate, "-key",
                certificate.key,
                "-www", "-quiet",
            ],
            in: path
        )
        let listens = try eventually { try Oracle.listens("\(address):6443") }
        try #require(listens, "\(server.errors)")
        return server
    }

    @Test func thePairInFrontOfAnAPIServes() throws {
        try withDaemonRoom { directory in
            for host in 100...103 { try run("ip", "address", "add", "192.168.8.\(host)/32", "dev", "lo") }
            let servers = try (101...103).map { host in
                let place = "\(directory)/\(host)"
                mkdir(place, 0o755)
                let listening = "TCP-LISTEN:6443,bind=192.168.8.\(host),fork"
                return try Background(["socat", listening, "SYSTEM:cat >/dev/null; echo node \(host)"], in: place)
            }
            let haveStarted = try eventually {
                try (101...103).allSatisfy { try Oracle.listens("192.168.8.\($0):6443") }
            }
            #expect(haveStarted)
            mkdir("\(directory)/lib", 0o755)
            mkdir("\(directory)/errors", 0o755)
            for status in [400, 403, 408, 500, 502, 503, 504] {
                try Self.write(
                    "HTTP/1.0 \(status) Mine\r\nCache-Control: no-cache\r\n\r\nmine \(status)\n",
                    "\(directory)/errors/\(status).http"
                )
            }
            // The log goes where the test does not look; the rest is as it stands in the article.
            let text = try Self.fixture("seed-004").replacing(
                "/run/haproxy/admin.sock",
                with: "\(directory)/admin.sock"
            )
            .replacing("/var/lib/haproxy", with: "\(directory)/lib")
            .replacing("/etc/haproxy/errors", with: "\(directory)/errors")
            .replacing("/dev/log", with: "\(directory)/log")
            try Self.write(text, "\(directory)/haproxy.cfg")
            let program = try Background(["env", proxyd, "-W", "-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
            let serves = eventually { Self.fetch("http://192.168.8.100/").status == "200" }
            try #require(serves, "\(program.errors)")
            let page = Self.fetch("http://192.168.8.100/").body
            #expect(page.contains("node-101") && page.contains("name=\"kubernetes-apiserver\""))
            // What is no request gets the file's answer.
            let refusal = try run("socat", "-t10", "-", "TCP:192.168.8.100:80", input: "BAD\r\n\r\n")
            #expect(refusal == "HTTP/1.0 400 Mine\r\ncache-control: no-cache\r\n\r\nmine 400\n")
            #expect(
                eventually { Self.fetch("http://192.168.8.100/;csv").body.contains("kubernetes-apiserver,node-103,") }
            )
            let answer = try run("socat", "-t10", "-", "TCP:192.168.8.100:8443", input: "?")
            #expect(answer.hasPrefix("node 10"))
            withExtendedLifetime(servers) {}
        }
    }
}
