"""The benchmark of the Data Plane API: `make bench-api` (scripts/bench-api).

    api.py --programs DIRECTORY [--smoke] [--document FILE] [--only ours,haproxy]

Rows go to standard output, figures to standard error. A ratio is the time taken divided by the time allowed.
"""

import json
import resource
import sys
import tempfile
import time
from statistics import median

from backends import API, CONFIGURATION, HARD_LIMIT, PATH, Proxy, service_name
from report import Report, arguments, carry_out
from rows import Row
from world import run


class Bench:
    """All of it, in order."""

    def __init__(self, report: Report, programs: str, is_smoke: bool) -> None:
        self.report = report
        self.programs = programs
        self.is_smoke = is_smoke
        self.count = 100 if is_smoke else 5000
        self.port = 5556

    def judge(self, name: str, times: list[float], allowed: float, must: str = "<=1") -> None:
        """A row of times in seconds against what is allowed."""
        self.report.add(Row(name, [value / allowed for value in times], must))

    def times(self, who: str, what: str, times: list[float]) -> None:
        ordered = sorted(times)
        last = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
        self.report.note(f"{what} {who}: {median(times) * 1000:.2f} ms (median of {len(times)}, 99 % in {last * 1000:.1f} ms)")

    def server(self, number: int) -> tuple[str, dict]:
        """A new server and the backend that it goes into."""
        backend = f"{service_name(number * 7919 % self.count)}-apiserver"
        address = f"10.1.{number // 250}.{number % 250 + 1}"
        body = {"name": f"new-{number}", "address": address, "port": 6443, "check": "enabled", "inter": 30000}
        return backend, body

    def insert(self, api: API, number: int, version: int) -> float:
        backend, body = self.server(number)
        return api.timed("POST", f"{CONFIGURATION}/servers?backend={backend}&version={version}&{api.forced}", body)

    def weigh(self, api: API, weight: int) -> float:
        """Another weight for the first server of a backend, which a running process can take."""
        backend = f"{service_name(0)}-apiserver"
        servers = json.loads(api.get(f"{CONFIGURATION}/servers?backend={backend}"))
        body = {**servers["data"][0], "weight": weight}
        path = f"{CONFIGURATION}/servers/{body['name']}?backend={backend}&version={servers['_version']}"
        return api.timed("PUT", path, body)

    def starts(self, proxy: Proxy, rounds: int) -> list[float]:
        times = []
        for _ in range(rounds):
            api = API(f"{self.programs}/appliance-dataplaned", proxy, self.next_port())
            times.append(api.start)
            api.process.stop()
        return times

    def next_port(self) -> int:
        self.port += 1
        return self.port

    def transaction(self, api: API, first: int) -> float:
        begun = time.monotonic()
        _, answer = api.ask("POST", f"{PATH}/transactions?version={api.version()}")
        identifier = answer.split(b'"id":"')[1].split(b'"')[0].decode()
        for number in range(first, first + 20):
            backend, body = self.server(number)
            api.ask("POST", f"{CONFIGURATION}/servers?backend={backend}&transaction_id={identifier}", body)
        api.ask("PUT", f"{PATH}/transactions/{identifier}?{api.forced}")
        return time.monotonic() - begun

    def reads(self, api: API, who: str, rounds: int) -> tuple[list[float], list[float]]:
        one = f"{CONFIGURATION}/backends/{service_name(self.count // 2)}-apiserver"
        gets = [api.timed("GET", one) for _ in range(rounds * 20)]
        self.times(who, "get-backend", gets)
        lists = [api.timed("GET", f"{CONFIGURATION}/backends") for _ in range(rounds)]
        self.times(who, "list-backends", lists)
        return gets, lists

    def ours(self) -> None:
        proxy = Proxy("ours", f"{self.programs}/appliance-proxyd", self.count, 3)
        starts = self.starts(proxy, 2 if self.is_smoke else 5)
        self.times("ours", "start", starts)
        self.judge("start", starts, 0.3)
        api = API(f"{self.programs}/appliance-dataplaned", proxy, self.next_port())
        gets, lists = self.reads(api, "ours", 2 if self.is_smoke else 9)
        self.judge("get-backend", gets, 0.001)
        self.judge("list-backends", lists, 0.06)
        workers = proxy.workers()
        version = api.version()
        changes = 10 if self.is_smoke else 1000
        begun = time.monotonic()
        times = []
        for number in range(changes):
            times.append(self.insert(api, number, version + number))
            if time.monotonic() > begun + 200:
                break
        self.times("ours", "change", times)
        self.judge("change", times, 0.1)
        self.judge("change-aim", times, 0.02, "")
        kept = proxy.workers() == workers and len(times) == changes
        self.report.add(Row("same-process", [1.0 if kept else 0.0], "=1"))
        self.report.note(f"same-process ours: {len(times)} changes, workers {workers} and then {proxy.workers()}")
        transactions = [self.transaction(api, changes + 20 * n) for n in range(2 if self.is_smoke else 15)]
        self.times("ours", "transaction-of-20", transactions)
        self.judge("transaction-of-20", transactions, 0.2)
        self.judge("transaction-of-20-aim", transactions, 0.06, "")
        lists = [api.timed("GET", f"{CONFIGURATION}/backends")]
        for number in range(5):
            self.insert(api, 50000 + number, api.version())
            lists.append(api.timed("GET", f"{CONFIGURATION}/backends"))
        self.times("ours", "list-backends-after-change", lists)
        self.judge("list-backends-after-change", lists, 0.06)
        memory = api.process.memory()
        self.report.note(f"memory ours: {memory:.1f} MB")
        self.report.add(Row("memory", [memory / 150], "<=1"))
        api.process.stop()
        proxy.process.stop()

    def haproxy(self) -> None:
        """The same API in front of the real one."""
        # HAProxy sets a descriptor aside for the check of each server, and does not start without.
        servers = 3 if HARD_LIMIT > 4 * self.count + 5000 else 1
        proxy = Proxy("haproxy", "/usr/sbin/haproxy", self.count, servers)
        self.times("haproxy", "start", self.starts(proxy, 2))
        api = API(f"{self.programs}/appliance-dataplaned", proxy, self.next_port())
        self.reads(api, "haproxy", 2)
        version = api.version()
        times = [self.insert(api, number, version + number) for number in range(2 if self.is_smoke else 7)]
        self.times("haproxy", "change", times)
        # The first gives the server a weight, which needs a reload; those after it need none.
        self.weigh(api, 1)
        api.process.stop()
        api = API(f"{self.programs}/appliance-dataplaned", proxy, self.next_port())
        self.times("haproxy", "weight", [self.weigh(api, 2 + n) for n in range(2 if self.is_smoke else 15)])
        self.times("haproxy", "transaction-of-20", [self.transaction(api, 100 + 20 * n) for n in range(2)])
        self.report.note(f"memory haproxy: {api.process.memory():.1f} MB, {self.count} services of {servers} servers")
        api.process.stop()
        proxy.process.stop()


def main() -> int:
    parser = arguments()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--only", default="ours,haproxy")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (HARD_LIMIT, HARD_LIMIT))

    def measure(report: Report) -> None:
        run("ip", "link", "set", "lo", "up")
        # On a disk, not in memory: a change waits for it.
        with tempfile.TemporaryDirectory(prefix="bench-api.", dir="/var/tmp", ignore_cleanup_errors=True) as directory:
            run("mount", "--bind", directory, "/run")
            bench = Bench(report, options.programs, options.smoke)
            for part in options.only.split(","):
                getattr(bench, part)()

    return carry_out("bench-api", options, measure)


if __name__ == "__main__":
    sys.exit(main())
