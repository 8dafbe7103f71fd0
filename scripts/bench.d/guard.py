"""The benchmark of the guard: `make bench-guard` (scripts/bench-guard).

    guard.py --programs DIRECTORY [--smoke] [--document FILE] [--rounds N]

Rows go to standard output, figures to standard error.
"""

import subprocess
import sys
import time
from statistics import median

from contenders import head, service
from report import Report, arguments, carry_out
from rows import Row
from world import PORT, SERVERS, BenchError, Daemon, Load, build, enter, inside, wait_for

VIP = "10.9.3.1"
PLACE = f"{VIP}:8001"
INTERFACE = "client"
REPLACE_MUST = 0.050
PAIR_MUST = 0.002
ANNOUNCE_MUST = 1.0


class Bench:
    """All of it, in order."""

    def __init__(self, report: Report, programs: str, is_smoke: bool, rounds: int | None) -> None:
        self.report = report
        self.programs = programs
        self.is_smoke = is_smoke
        self.rounds = rounds or (1 if is_smoke else 11)
        self.seconds = 0.3 if is_smoke else 1.5

    def guard(self, *words: str) -> str:
        """Runs bench-guard in the proxy's namespace."""
        command = inside("proxy", None, [f"{self.programs}/bench-guard", *words])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BenchError(f"bench-guard {' '.join(words)}: {done.stderr}")
        return done.stdout

    def seconds_of(self, work: str) -> dict[str, list[float]]:
        """The seconds of each round, by the names that bench-guard prints."""
        found = {}
        for line in self.guard(work, str(3 if self.is_smoke else 21)).splitlines():
            name, *seconds = line.split()
            found[name] = [float(second) for second in seconds]
            self.report.note(f"{name}: {median(found[name]) * 1000:.2f} ms, {max(found[name]) * 1000:.2f} ms at most")
        return found

    def times(self) -> None:
        found = self.seconds_of("times")
        self.report.add(Row("replace-5000", [second / REPLACE_MUST for second in found["replace-5000"]], "<=1"))
        # Two changes for each pair; nobody needs it to be as fast.
        self.report.add(Row("change-5000", [second / REPLACE_MUST for second in found["change-5000"]], ""))
        for name in ["add-one-pair", "find-one-pair"]:
            self.report.add(Row(name, [second / PAIR_MUST for second in found[name]], "<=1"))

    def announcements(self) -> None:
        for name, seconds in self.seconds_of("announce").items():
            self.report.add(Row(name, [second / ANNOUNCE_MUST for second in seconds], "<=1"))

    def sample(self) -> tuple[float, float]:
        """Seconds of processor time of the whole machine for each short connection, and connections a second."""
        before = busy()
        load = Load(f"{self.programs}/lbload", "short", PLACE, None, 64, self.seconds)
        line = load.line()
        load.end()
        if line["errors"]:
            raise BenchError(f"connections through the guard failed: {line}")
        return (busy() - before) / line["whole"], line["rate"]

    def cost(self) -> None:
        """The guard on and off, in turn."""
        found: dict[str, list[tuple[float, float]]] = {"on": [], "off": []}
        for number in range(self.rounds + 1):
            for state in ["on", "off"] if number % 2 == 0 else ["off", "on"]:
                self.guard(*(["install", PLACE, INTERFACE] if state == "on" else ["remove"]))
                sample = self.sample()
                # The first round warms the caches up and is not counted.
                if number > 0:
                    found[state].append(sample)
        for state, samples in found.items():
            cpu = median(sample[0] for sample in samples)
            rate = median(sample[1] for sample in samples)
            self.report.note(f"short guard {state}: {cpu * 1e6:.1f} us of processor time each, {rate:.0f}/s")
        pairs = zip(found["on"], found["off"])
        self.report.add(Row("short-cpu", [on[0] / off[0] for on, off in pairs], "<=1.05"))

    def losses(self) -> None:
        """Segments sent again while connections go on and the whole is replaced all the time."""
        seconds = 1 if self.is_smoke else 5
        self.guard("install", PLACE, INTERFACE)
        before = retransmitted()
        load = Load(f"{self.programs}/lbload", "keepalive", PLACE, None, 16, seconds + 1)
        time.sleep(0.3)
        count = self.guard("churn", str(seconds), PLACE, INTERFACE).strip()
        line = load.line()
        load.end()
        again = retransmitted() - before
        told = f"{count} replacements during {line['whole']} requests: {again} segments sent again"
        self.report.note(f"{told}, {line['errors']} requests failed")
        self.report.add(Row("established-lost", [float(again + line["errors"])], "=0"))

    def run(self) -> None:
        build()
        enter("client")
        self.times()
        self.announcements()
        with open("/run/guard.cfg", "w", encoding="utf-8") as file:
            file.write(head(1, 4000) + service("web", [PLACE]))
        subprocess.run(
            inside("proxy", None, ["ip", "route", "replace", "local", "10.9.3.0/24", "dev", "lo"]), check=True
        )
        servers = [self.programs + "/lbload", "respond", *[f"{address}:{PORT}" for address in SERVERS]]
        responder = Daemon("server", None, servers, "/run/lbload.errors")
        wait_for(SERVERS[0], PORT, responder)
        words = [f"{self.programs}/appliance-proxyd", "-W", "-f", "/run/guard.cfg", "-p", "/run/guard.pid"]
        proxy = Daemon("proxy", None, words, "/run/guard.errors")
        wait_for(VIP, 8001, proxy)
        self.cost()
        self.losses()
        proxy.stop()
        responder.stop()


def busy() -> float:
    """Seconds that the machine's processors have not been idle: packets are handled outside of every process."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, irq, softirq = [int(word) for word in file.readline().split()[1:8]]
    return (user + nice + system + irq + softirq) / 100


def retransmitted() -> int:
    """TcpRetransSegs of client and proxy."""
    total = 0
    for name in ["client", "proxy"]:
        text = subprocess.run(
            inside(name, None, ["cat", "/proc/net/snmp"]), capture_output=True, text=True, check=True
        ).stdout
        keys, values = [line.split() for line in text.splitlines() if line.startswith("Tcp:")]
        total += int(values[keys.index("RetransSegs")])
    return total


def main() -> int:
    parser = arguments()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--rounds", type=int, metavar="N")
    options = parser.parse_args()
    return carry_out(
        "bench-guard",
        options,
        lambda report: Bench(report, options.programs, options.smoke, options.rounds).run(),
    )


if __name__ == "__main__":
    sys.exit(main())
