"""What the benchmark of the API asks: appliance-dataplaned in front of a proxy, over HTTPS."""

import base64
import http.client
import json
import os
import resource
import ssl
import subprocess
import time

from contenders import head
from world import BenchError, is_alive

HARD_LIMIT = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
PATH = "/v2/services/haproxy"
CONFIGURATION = PATH + "/configuration"
USERS = "\nuserlist controller\n  user admin insecure-password secret\n"


def service_name(number: int) -> str:
    return f"domain-c50:b42f9558-a4eb-4e8f-8f0f-9a8f295f0a8e-ns{number}-svc{number}"


def configuration(count: int, servers: int, directory: str) -> str:
    """As the control plane programs it. The checks are so far apart that thousands of them do not take the machine."""
    text = head(2, 2000).replace("global\n", f"global\n  stats socket {directory}/stats.sock mode 600 level admin\n", 1)
    text += USERS
    for i in range(count):
        name = service_name(i)
        vip = f"127.{10 + i // 62500}.{(i // 250) % 250}.{i % 250 + 1}"
        text += f"\nfrontend {name}\n  mode tcp\n  bind {vip}:6443 name {name}-{vip}:apiserver\n  log-tag {name}\n"
        text += f"  option tcplog\n  use_backend {name}-apiserver if {{ dst_port 6443 }}\n"
    for i in range(count):
        name = service_name(i)
        text += f"\nbackend {name}-apiserver\n  mode tcp\n  balance roundrobin\n  option tcp-check\n"
        text += f"  log-tag {name}-apiserver\n"
        for k in range(servers):
            address = f"10.0.{i % 250}.{k + 1}:6443"
            text += f"  server {name}-{address} {address} check inter 30s weight 100 verify none\n"
    return text


class Process:
    """A program of the benchmark and the processes below it."""

    def __init__(self, words: list[str], errors: str) -> None:
        self.words = words
        self.errors = errors
        with open(errors, "ab") as file:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=file, start_new_session=True
            )

    def check(self) -> None:
        if self.process.poll() is not None:
            with open(self.errors, encoding="utf-8", errors="replace") as file:
                raise BenchError(f"{' '.join(self.words)} ended by itself:\n{file.read()[-2000:]}")

    def memory(self) -> float:
        """Megabytes (10^6) of proportional set size."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) * 1024 / 1e6

    def children(self) -> list[int]:
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return [pid for pid in map(int, file.read().split()) if is_alive(pid)]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


class Proxy:
    """appliance-proxyd or HAProxy as master and worker, with the services of a file."""

    def __init__(self, name: str, program: str, count: int, servers: int) -> None:
        self.name = name
        self.count = count
        self.servers = servers
        self.directory = f"/run/{name}"
        os.makedirs(self.directory, exist_ok=True)
        self.path = f"{self.directory}/haproxy.cfg"
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(configuration(count, servers, self.directory))
        self.master = f"{self.directory}/master.sock"
        words = [program, "-W", "-f", self.path, "-p", f"{self.directory}/pid", "-S", self.master]
        self.process = Process(words, f"{self.directory}/errors")
        self.wait(lambda: bool(self.workers()) and os.path.exists(f"{self.directory}/stats.sock"))

    def wait(self, is_there) -> None:
        deadline = time.monotonic() + 120
        while not is_there():
            self.process.check()
            if time.monotonic() > deadline:
                raise BenchError(f"{self.name} does not start")
            time.sleep(0.01)

    def workers(self) -> list[int]:
        return self.process.children()

    @property
    def flags(self) -> list[str]:
        """How appliance-dataplaned is told of it."""
        return [f"--master-runtime={self.master}", "--haproxy-bin=/usr/sbin/haproxy"]


class API:
    """appliance-dataplaned, and one connection to it that stays."""

    def __init__(self, program: str, proxy: Proxy, port: int) -> None:
        self.port = port
        # What makes the answer wait until the change is in effect, which ours always does.
        self.forced = "" if proxy.name == "ours" else "force_reload=true"
        certificate, key = "/run/server.crt", "/run/server.key"
        if not os.path.exists(certificate):
            words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=127.0.0.1"
            words += f" -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}"
            subprocess.run(words.split(), check=True, capture_output=True)
        self.context = ssl.create_default_context(cafile=certificate)
        self.headers = {"Authorization": "Basic " + base64.b64encode(b"admin:secret").decode()}
        words = [program, "--scheme=https", "--tls-host=127.0.0.1", f"--tls-port={port}", f"--config-file={proxy.path}"]
        words += [f"--tls-certificate={certificate}", f"--tls-key={key}", "--log-level=error", *proxy.flags]
        begun = time.monotonic()
        self.process = Process(words, f"{proxy.directory}/api.errors")
        while True:
            try:
                self.connection = self.connect()
                self.get(CONFIGURATION + "/version")
                break
            except OSError:
                self.process.check()
                if time.monotonic() > begun + 60:
                    raise BenchError("the API does not answer") from None
                time.sleep(0.002)
        self.start = time.monotonic() - begun

    def connect(self) -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=120)
        connection.connect()
        return connection

    def ask(self, method: str, path: str, body: dict | None = None) -> tuple[int, bytes]:
        headers = dict(self.headers)
        data = None
        if body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise BenchError(f"{method} {path}: {answer.status} {content[:500].decode()}")
        return answer.status, content

    def get(self, path: str) -> bytes:
        return self.ask("GET", path)[1]

    def version(self) -> int:
        return int(self.get(CONFIGURATION + "/version"))

    def timed(self, method: str, path: str, body: dict | None = None) -> float:
        begun = time.monotonic()
        self.ask(method, path, body)
        return time.monotonic() - begun
