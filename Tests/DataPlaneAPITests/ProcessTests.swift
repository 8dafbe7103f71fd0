import Files
import TestSupport
import Testing

/// The program as a process, started from the original's settings file.
@Suite(.blocking) struct ProcessTests {
    /// Arguments: program, directory. Says what each step gave.
    private static let life = #"""
        set -u
        program=$1 directory=$2
        cd "$directory" || exit 1
        "$program" -f dataplaneapi.yaml &
        pid=$!
        for _ in $(seq 6000); do
            [ -s pid ] && break
            kill -0 "$pid" || exit 1
            sleep 0.01
        done
        [ "$(cat pid)" = "$pid" ] && echo "pid file"
        ask() { curl --silent --max-time 60 --config - "$@"; }
        port=$(jq -r 'select(.address // "" | startswith("http:")) | .address' log | sed 's/.*://')
        printf 'user = "yaml:from env"\n' | ask --unix-socket api.sock http://x/v2/services/haproxy/configuration/version
        printf 'user = "listed:secret"\n' | ask "http://127.0.0.1:$port/v2/services/haproxy/configuration/version"
        printf 'user = "admin:ignored"\n' |
            ask --output /dev/null --write-out '%{http_code}\n' "http://127.0.0.1:$port/v2/info"
        kill -HUP "$pid"
        kill -USR1 "$pid"
        # Who moves the log away finds the next line in a new one.
        mv log log.1
        printf 'user = "yaml:from env"\n' | ask --output /dev/null --write-out '%{http_code}\n' \
            --header 'Content-Type: application/json' --data '{"name":"b"}' \
            "http://127.0.0.1:$port/v2/services/haproxy/configuration/backends?version=1"
        jq -r 'select(.msg == "configuration changed") | .user + " " + (.diff | split("\n")[0])' log
        jq -r 'select(.level == "warning") | .msg' log.1
        kill -TERM "$pid"
        wait "$pid"
        echo "status $?"
        [ -e pid ] || echo "no pid file"
        """#

    @Test func livesByItsSettings() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.replace(
                directory + "/haproxy.cfg",
                with: "global\n  maxconn 100\n\nuserlist controller\n  user admin insecure-password ignored\n"
            )
            try AtomicFile.replace(
                directory + "/users.cfg",
                with: "userlist controller\n  user listed insecure-password secret\n"
            )
            try AtomicFile.replace(
                directory + "/dataplaneapi.yaml",
                with: """
                    config_version: 2
                    dataplaneapi:
                      scheme: [http, unix]
                      host: 127.0.0.1
                      port: 0
                      socket_path: \(directory)/api.sock
                      pid_file: \(directory)/pid
                      graceful_timeout: 30s
                      userlist:
                        userlist_file: \(directory)/users.cfg
                      user:
                      - name: yaml
                        password: ${APPLIANCE_NET_TEST_PASSWORD}
                        insecure: true
                      resources:
                        spoe_dir: /tmp
                      colour: blue
                    haproxy:
                      config_file: \(directory)/haproxy.cfg
                      haproxy_bin: "true"
                    log_targets:
                    - log_to: file
                      log_file: \(directory)/log
                      log_level: info
                      log_format: JSON

                    """
            )
            let output = try run(
                "env",
                "APPLIANCE_NET_TEST_PASSWORD=from env",
                "bash",
                "-c",
                Self.life,
                "bash",
                builtProgram("appliance-dataplaned"),
                directory
            )
            #expect(
                output == """
                    pid file
                    1
                    1
                    401
                    201
                    yaml + backend b
                    dataplaneapi.yaml:17:1: warning: dataplaneapi.colour is not known and is passed over
                    option understood but without effect
                    request refused
                    status 0
                    no pid file

                    """
            )
        }
    }

    /// Arguments: program, directory. A service manager as systemd is one: it hears that the program is ready, lives and
    /// stops.
    private static let manager = """
        import os, signal, socket, subprocess, sys

        program, directory = sys.argv[1:]
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(f"{directory}/notify")
        os.chmod(directory, 0o755)
        os.chmod(f"{directory}/notify", 0o777)
        manager.settimeout(60)
        options = ["--scheme=http", "--host=127.0.0.1", "--uid=65534", "--gid=65534", "--haproxy-bin=true"]
        # What is started here is the program, and strace stands aside.
        trace = ["strace", "-D", "-f", "-qq", "-e", "trace=setuid,prctl", "-e", "signal=none", "-o", f"{directory}/trace"]
        process = subprocess.Popen(
            [*trace, program, *options, f"--config-file={directory}/haproxy.cfg", "-f", "/dev/null"],
            env={**os.environ, "NOTIFY_SOCKET": f"{directory}/notify", "WATCHDOG_USEC": "300000"},
        )
        heard = set()
        while not {"READY=1", "WATCHDOG=1"} <= heard:
            heard.add(manager.recv(4096).decode())
        rights = set()
        for task in os.listdir(f"/proc/{process.pid}/task"):
            with open(f"/proc/{process.pid}/task/{task}/status") as status:
                fields = dict(line.split(":", 1) for line in status)
            rights.add(" ".join((fields["Uid"] + fields["Gid"] + fields["Groups"]).split()))
        print(*rights)
        with open(f"/proc/{process.pid}/limits") as limits:
            print(*[line.split()[4:6] for line in limits if line.startswith("Max core file size")])
        with open(f"{directory}/trace") as trace:
            calls = [line.split(None, 1)[1] for line in trace]
        print([call.split(")")[0] for call in calls if "SETUID" in call.upper() or "PR_SET_DUMPABLE" in call][-1])
        process.send_signal(signal.SIGTERM)
        while "STOPPING=1" not in heard:
            heard.add(manager.recv(4096).decode())
        print(process.wait(60), *sorted(heard))
        """

    @Test func tellsTheServiceManagerAndGivesUpItsRights() throws {
        try withTemporaryDirectory { directory in
            let text = "userlist controller\n  user admin insecure-password secret\n"
            try AtomicFile.replace(directory + "/haproxy.cfg", with: text, mode: 0o644)
            let program = try builtProgram("appliance-dataplaned")
            let output = try run("python3", "-c", Self.manager, program, directory)
            #expect(
                output == """
                    65534 65534 65534 65534 65534 65534 65534 65534
                    ['1', '1']
                    prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE
                    0 READY=1 STOPPING=1 WATCHDOG=1

                    """
            )
        }
    }
}
