"""The measurements: pinned for processor time, unpinned for rates, and what is measured once."""

import time
from statistics import median

from contenders import MOST_CONNECTIONS, Contender
from report import say
from rows import Row
from world import Load

# The kind of load, its connections, and what a unit of it is called.
TESTS = {
    "short": ("short", 64),
    "keepalive": ("keepalive", 64),
    "bulk1": ("bulk", 1),
    "bulk4": ("bulk", 4),
    "bulk64": ("bulk", 64),
}

RATE_MUST = {"short": 1.05, "keepalive": 1.0, "bulk1": 1.7, "bulk4": 2.0, "bulk64": 3.0}
SPLICE_MUST = {"bulk1": 1.2, "bulk4": 1.0, "bulk64": 1.8}
CPU_MUST = {"short": 0.88, "keepalive": 0.92, "bulk1": 0.33, "bulk4": 0.33, "bulk64": 0.33}


class Sample:
    """One run of one load through one contender."""

    def __init__(self, lbload: str, test: str, contender: Contender, cores: str | None, seconds: float) -> None:
        kind, connections = TESTS[test]
        before = contender.daemon.cpu() if contender.daemon else 0.0
        load = Load(lbload, kind, contender.target, cores, connections, seconds)
        line = load.line()
        load.end()
        busy = contender.daemon.cpu() - before if contender.daemon else 0.0
        self.rate = line["rate"]
        self.p50 = line["p50_us"]
        self.errors = line["errors"]
        self.cpu = busy / line["whole"] if line["whole"] else 0.0


class Pass:
    """Rounds in which the contenders take turns, in reverse order every other round."""

    def __init__(self, lbload: str, cores: str | None, seconds: float) -> None:
        self.lbload = lbload
        self.cores = cores
        self.seconds = seconds
        self.samples: dict[str, dict[str, list[Sample]]] = {}

    def measure(self, test: str, contenders: list[Contender], rounds: int) -> None:
        found: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
        for number in range(rounds):
            for contender in contenders if number % 2 == 0 else reversed(contenders):
                found[contender.name].append(Sample(self.lbload, test, contender, self.cores, self.seconds))
        self.samples[test] = found

    def direct(self, test: str, contender: Contender, rounds: int = 3) -> None:
        self.samples[test]["direct"] = [
            Sample(self.lbload, test, contender, self.cores, self.seconds) for _ in range(rounds)
        ]

    def ratios(self, test: str, other: str, figure: str) -> list[float]:
        pairs = zip(self.samples[test]["ours"], self.samples[test][other])
        return [getattr(a, figure) / getattr(b, figure) for a, b in pairs if getattr(b, figure)] or [0.0]

    def describe(self, test: str) -> list[str]:
        """A line for each contender with its medians."""
        lines = []
        for name, samples in self.samples[test].items():
            rate = median(sample.rate for sample in samples)
            cpu = median(sample.cpu for sample in samples)
            if test.startswith("bulk"):
                words = f"{rate / 1e9:.2f} GB/s, {cpu * 1e9:.3f} s of processor time per GB"
            else:
                p50 = median(sample.p50 for sample in samples)
                words = f"{rate:.0f}/s, {cpu * 1e6:.1f} us of processor time each, p50 {p50:.0f} us"
            errors = sum(sample.errors for sample in samples)
            lines.append(f"{test} {name}: {words}" + (f", {errors} errors" if errors else ""))
        return lines


def cpu_rows(passed: Pass) -> list[Row]:
    rows = []
    for test in passed.samples:
        unit = "cpu-per-gb" if test.startswith("bulk") else "cpu"
        rows.append(Row(f"{test}-{unit}", passed.ratios(test, "haproxy", "cpu"), f"<={CPU_MUST[test]}"))
        rows.append(Row(f"{test}-{unit}-vs-nginx", passed.ratios(test, "nginx", "cpu"), "<=1"))
    return rows


def rate_rows(passed: Pass) -> list[Row]:
    rows = []
    for test in passed.samples:
        rows.append(Row(f"{test}-rate", passed.ratios(test, "haproxy", "rate"), f">={RATE_MUST[test]}"))
        if test in SPLICE_MUST:
            rows.append(Row(f"{test}-rate-vs-splice", passed.ratios(test, "splice", "rate"), f">={SPLICE_MUST[test]}"))
        rows.append(Row(f"{test}-rate-vs-nginx", passed.ratios(test, "nginx", "rate"), ">=1"))
        if test == "keepalive":
            rows.append(Row(f"{test}-p50", passed.ratios(test, "haproxy", "p50"), "<=0.95"))
    return rows


def limits(passed: Pass) -> list[str]:
    """Where the generator or the servers are the limit: without a proxy it must be well above HAProxy."""
    lines = []
    for test, samples in passed.samples.items():
        if "direct" not in samples:
            continue
        ratio = median(s.rate for s in samples["direct"]) / median(s.rate for s in samples["haproxy"])
        note = "" if ratio >= 1.3 else " (below 1.3: the generator is the limit, not the proxy)"
        lines.append(f"{test} direct/haproxy: {ratio:.2f}{note}")
    return lines


def idle_memory(lbload: str, contenders: list[Contender], connections: int) -> dict[str, float]:
    """Megabytes that so many idle connections take."""
    found = {}
    for contender in contenders:
        contender.start(threads=2, connections=MOST_CONNECTIONS)
        # Once through everything, so that what is made at first use is there.
        Sample(lbload, "keepalive", contender, None, 0.3)
        time.sleep(0.3)
        before = contender.daemon.memory()
        load = Load(lbload, "idle", contender.target, None, connections, 20)
        line = load.line()
        if line["errors"] or line["whole"] < connections:
            say(f"idle {contender.name}: {line}")
        time.sleep(0.5)
        found[contender.name] = contender.daemon.memory() - before
        load.end()
        contender.stop()
    return found
