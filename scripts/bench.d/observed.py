"""What it costs to be watched: logs to a UDP sink, a stick table, ACLs; and `show stat` of thousands of services."""

import socket
import time
from statistics import median

from contenders import Contender, head, service, services
from world import PROXY, BenchError, Load, enter, wait_for

SINK = ("127.0.0.1", 5140)

# Five ACLs, a stick table that counts, and a log line for each connection. No rule refuses what the generator sends.
RULES = """  log {host}:{port} local0
  stick-table type ip size 100k expire 60s store conn_cnt,conn_cur,conn_rate(10s),bytes_in_cnt,bytes_out_cnt
  acl near src 10.0.0.0/8 192.168.0.0/16
  acl blocked src 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24
  acl wanted dst_port 443 6443 8000:8100
  acl greedy sc0_conn_rate gt 1000000
  acl alone nbsrv(web-servers) lt 1
  tcp-request connection track-sc0 src
  tcp-request connection reject if blocked
  tcp-request connection reject if greedy
  use_backend web-servers if near wanted !alone
"""


class Observed(Contender):
    """A proxy with everything that watches."""

    def start(self, threads: int, cores: str | None = None, connections: int = 4000) -> None:
        text = head(threads, connections) + service("web", [f"{PROXY}:{self.port}"])
        rules = RULES.format(host=SINK[0], port=SINK[1])
        self.write(text.replace("  default_backend", rules + "  default_backend", 1))
        self.launch(cores)
        wait_for(PROXY, self.port, self.daemon)


def sink() -> socket.socket:
    """A socket beside the proxies that takes datagrams; what nobody reads, the kernel throws away."""
    enter("proxy")
    taker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taker.bind(SINK)
    enter("client")
    return taker


# The reader's own work would count as the proxy's: joining the pieces of five megabytes took as much as writing them.
ANSWER = memoryview(bytearray(1 << 26))


def command(path: str, words: str) -> memoryview:
    """The answer of a stats socket, until the next one is asked for."""
    with socket.socket(socket.AF_UNIX) as asker:
        asker.settimeout(20)
        asker.connect(path)
        asker.sendall(words.encode() + b"\n")
        length = 0
        while count := asker.recv_into(ANSWER[length:]):
            length += count
        return ANSWER[:length]


class Statistics:
    """`show stat` of many services, with and without connections meanwhile."""

    def __init__(self, contender: Contender, count: int, lbload: str, rounds: int, seconds: float) -> None:
        self.times: list[float] = []
        self.p99: list[tuple[float, float]] = []
        path = f"{contender.directory}/stats.sock"
        text = head(2, 2000).replace("  maxconn", f"  stats socket {path} mode 600\n  maxconn", 1)
        contender.write(text + service("web", [f"{PROXY}:{contender.port}"]) + services(count))
        contender.launch()
        wait_for(PROXY, contender.port, contender.daemon, 60)
        time.sleep(1)
        lines = bytes(command(path, "show stat")).count(b"\n")
        if lines < 2 * count:
            raise BenchError(f"show stat of {contender.name} has {lines} lines")
        for _ in range(rounds):
            begun = time.monotonic()
            command(path, "show stat")
            self.times.append(time.monotonic() - begun)
        for _ in range(rounds):
            quiet = self.load(lbload, contender, seconds, None)
            asked = self.load(lbload, contender, seconds, path)
            self.p99.append((asked, quiet))
        contender.stop()

    @staticmethod
    def load(lbload: str, contender: Contender, seconds: float, path: str | None) -> float:
        """The 99th percentile of new connections, with a `show stat` every 100 ms if there is a path."""
        load = Load(lbload, "short", contender.target, None, 16, seconds)
        end = time.monotonic() + seconds
        while path and time.monotonic() < end:
            command(path, "show stat")
            time.sleep(0.1)
        line = load.line()
        load.end()
        return line["p99_us"]

    def describe(self, name: str, count: int) -> str:
        asked, quiet = (median(pair[index] for pair in self.p99) for index in (0, 1))
        return (
            f"show-stat {name}: {median(self.times) * 1000:.1f} ms for {count} services; p99 of new connections "
            f"{asked:.0f} us meanwhile, {quiet:.0f} us otherwise"
        )


def observed_contenders(proxyd: str) -> list[Contender]:
    return [Observed("ours", 8001, proxyd), Observed("haproxy", 8002, "/usr/sbin/haproxy")]
