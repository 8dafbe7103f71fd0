"""The benchmark of appliance-proxyd: `make bench-proxy` (scripts/bench-proxy).

    proxy.py --programs DIRECTORY [--smoke] [--document FILE] [--only PART,…] [--tests TEST,…] [--rounds N]

Rows go to standard output, figures to standard error.
"""

import os
import resource
import sys
import time

import change
import observed
from contenders import MOST_CONNECTIONS, SERVERS_EACH, all_contenders, head, services
from passes import CPU_MUST, RATE_MUST, TESTS, Pass, cpu_rows, idle_memory, limits, rate_rows
from report import Report, arguments, carry_out
from rows import Row
from world import PORT, SERVERS, BenchError, Daemon, build, enter, wait_for


class Bench:
    """All of it, in order."""

    def __init__(self, report: Report, programs: str, is_smoke: bool, tests: list[str], rounds: int | None) -> None:
        self.report = report
        self.tests = tests
        self.rounds = rounds
        self.lbload = f"{programs}/lbload"
        self.is_smoke = is_smoke
        self.contenders = all_contenders(f"{programs}/appliance-proxyd")
        self.by_name = {contender.name: contender for contender in self.contenders}

    def named(self, *names: str) -> list:
        return [self.by_name[name] for name in names]

    def respond(self, cores: str | None) -> Daemon:
        words = [self.lbload, "respond", *[f"{address}:{PORT}" for address in SERVERS]]
        return Daemon("server", cores, words, "/run/lbload.errors")

    def loads(self, pinned: bool) -> Pass:
        """All loads through all proxies."""
        last = str(os.cpu_count() - 1)
        responder = self.respond(last if pinned else None)
        wait_for(SERVERS[0], PORT, responder)
        for contender in self.contenders:
            contender.start(1 if pinned else 2, "0" if pinned else None)
        rounds = self.rounds or (2 if self.is_smoke else 9 if pinned else 15)
        passed = Pass(self.lbload, last if pinned else None, 0.2 if self.is_smoke else 0.6)
        for test in self.tests:
            splice = ["splice"] if test.startswith("bulk") and not pinned else []
            passed.measure(test, self.named("ours", "haproxy", *splice, "nginx"), rounds)
            passed.direct(test, self.by_name["direct"])
            self.report.note(*[("pinned " if pinned else "") + line for line in passed.describe(test)])
        for contender in self.contenders:
            contender.stop()
        responder.stop()
        return passed

    def memory(self) -> None:
        connections = 500 if self.is_smoke else min(10000, MOST_CONNECTIONS - 100)
        found = idle_memory(self.lbload, self.named("ours", "haproxy", "nginx"), connections)
        for name, value in found.items():
            self.report.note(f"memory {name}: {value:.2f} MB for {connections} idle connections")
        self.report.add(
            Row("idle-memory", [found["ours"] / found["haproxy"]], "<=0.0833"),
            Row("idle-memory-vs-nginx", [found["ours"] / found["nginx"]], "<=1"),
        )

    def changes(self) -> None:
        changes = 2 if self.is_smoke else 9
        count = 100 if self.is_smoke else 5000
        for name, text, lbload in [
            ("change", "", self.lbload),
            ("change-5000", services(count), None),
        ]:
            done = {}
            for contender in self.named("ours", "haproxy"):
                base = head(2, 2000) + text
                done[contender.name] = change.Change(contender, base, changes if not text else 3, lbload)
                self.report.note(change.describe(name, contender.name, done[contender.name]))
            self.report.add(*change.change_rows(name, done["ours"], done["haproxy"]))
            if lbload:
                self.report.add(Row(f"{name}-errors", [float(done["ours"].errors)], "=0"))

    def starts(self) -> None:
        count = 100 if self.is_smoke else 5000
        times: dict[str, list[tuple[float, float]]] = {"ours": [], "haproxy": []}
        for _ in range(1 if self.is_smoke else 5):
            for contender in self.named("ours", "haproxy"):
                times[contender.name].append(change.start(contender, count))
        for name, found in times.items():
            took = sorted(item[0] for item in found)[len(found) // 2]
            memory = sorted(item[1] for item in found)[len(found) // 2]
            shape = f"{count} services of {SERVERS_EACH} servers"
            self.report.note(f"start-5000 {name}: {took * 1000:.0f} ms, {memory:.1f} MB with {shape}")
        pairs = list(zip(times["ours"], times["haproxy"]))
        self.report.add(
            Row("start-5000", [a[0] / b[0] for a, b in pairs], "<=0.2"),
            Row("start-5000-memory", [a[1] / b[1] for a, b in pairs], "<=0.125"),
        )

    def watched(self) -> None:
        """Rates and processor time with logs, counters and rules; statistics of thousands of services."""
        taker = observed.sink()
        contenders = observed.observed_contenders(self.by_name["ours"].program)
        last = str(os.cpu_count() - 1)
        for pinned in [True, False]:
            responder = self.respond(last if pinned else None)
            wait_for(SERVERS[0], PORT, responder)
            for contender in contenders:
                contender.start(1 if pinned else 2, "0" if pinned else None)
            passed = Pass(self.lbload, last if pinned else None, 0.2 if self.is_smoke else 0.6)
            for test in [test for test in ["short", "keepalive"] if test in self.tests]:
                passed.measure(test, contenders, self.rounds or (2 if self.is_smoke else 9 if pinned else 15))
                self.report.note(*["watched " + line for line in passed.describe(test)])
                figure, must = ("cpu", f"<={CPU_MUST[test]}") if pinned else ("rate", f">={RATE_MUST[test]}")
                self.report.add(Row(f"watched-{test}-{figure}", passed.ratios(test, "haproxy", figure), must))
            for contender in contenders:
                contender.stop()
            responder.stop()
        taker.close()

    def statistics(self) -> None:
        count = 100 if self.is_smoke else 5000
        rounds, seconds = (1, 0.5) if self.is_smoke else (11, 2.0)
        for contender in self.named("ours", "haproxy"):
            found = observed.Statistics(contender, count, self.lbload, rounds, seconds)
            self.report.note(found.describe(contender.name, count))
            if contender.name == "ours":
                self.report.add(
                    Row("show-stat-5000", [took / 0.030 for took in found.times], "<=1"),
                    Row("show-stat-5000-p99", [asked / quiet for asked, quiet in found.p99], "<=1.2"),
                )

    def run(self, parts: list[str]) -> None:
        if "pinned" in parts:
            self.report.add(*cpu_rows(self.loads(pinned=True)))
        if "rates" in parts:
            free = self.loads(pinned=False)
            self.report.add(*rate_rows(free))
            self.report.note(*limits(free))
        if "watched" in parts:
            self.watched()
        responder = self.respond(None)
        wait_for(SERVERS[0], PORT, responder)
        if "statistics" in parts:
            self.statistics()
        if "memory" in parts:
            self.memory()
        if "changes" in parts:
            self.changes()
        if "starts" in parts:
            self.starts()
        responder.stop()


def main() -> int:
    parser = arguments()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--rounds", type=int, metavar="N")
    parser.add_argument("--only", default="pinned,rates,watched,statistics,memory,changes,starts")
    parser.add_argument("--tests", default=",".join(TESTS))
    options = parser.parse_args()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

    def run(report: Report) -> None:
        build()
        enter("client")
        bench = Bench(report, options.programs, options.smoke, options.tests.split(","), options.rounds)
        bench.run(options.only.split(","))

    return carry_out("bench-proxy", options, run)


if __name__ == "__main__":
    sys.exit(main())
