"""Change under load, and start and memory with thousands of services."""

import os
import signal
import time
from statistics import median

from contenders import Contender, head, service, services
from rows import Row
from world import PROXY, BenchError, Daemon, Load, enter, is_alive, wait_for

FIRST_PORT = 20000


def worker(daemon: Daemon) -> list[int]:
    """The processes below the master."""
    return [pid for pid in daemon.pids if pid != daemon.process.pid and is_alive(pid)]


class Change:
    """A number of changes, each of which makes the proxy listen at one more place."""

    def __init__(self, contender: Contender, base: str, changes: int, lbload: str | None) -> None:
        self.times: list[float] = []
        self.errors = 0
        self.repeats = 0
        binds = [f"{PROXY}:{contender.port}"]
        contender.write(base + service("web", binds, contender.options))
        contender.launch()
        wait_for(PROXY, contender.port, contender.daemon)
        load = Load(lbload, "short", contender.target, None, 16, changes * 0.5 + 1.5) if lbload else None
        time.sleep(0.7)
        # Not earlier: the ports are open before the worker starts.
        before = worker(contender.daemon)
        for number in range(changes):
            binds.append(f"{PROXY}:{FIRST_PORT + number}")
            contender.write(base + service("web", binds, contender.options))
            self.times.append(self.reload(contender.daemon, FIRST_PORT + number))
            time.sleep(0.4)
        self.keeps_process = worker(contender.daemon) == before
        if load:
            line = load.line()
            load.end()
            self.errors = line["errors"]
        contender.stop()

    def reload(self, daemon: Daemon, port: int) -> float:
        """Seconds until the new place takes connections. HAProxy's master now and then misses a signal while it still
        has to do with the reload before: it is signalled again, the time begins anew, and that is told."""
        for _ in range(5):
            # Before the signal: this process may have to wait for the processor right behind it.
            begun = time.monotonic()
            os.kill(daemon.process.pid, signal.SIGUSR2)
            try:
                wait_for(PROXY, port, daemon, 8)
                return time.monotonic() - begun
            except BenchError:
                self.repeats += 1
        raise BenchError(f"five signals, and no listener on port {port}")


def change_rows(name: str, ours: Change, theirs: Change) -> list[Row]:
    rows = [
        Row(f"{name}-time", [a / b for a, b in zip(ours.times, theirs.times)], "<=0.2"),
        Row(f"{name}-same-process", [1.0 if ours.keeps_process else 0.0], "=1"),
    ]
    return rows


def describe(name: str, contender: str, change: Change) -> str:
    times = f"{median(change.times) * 1000:.1f} ms to effect (median of {len(change.times)})"
    process = "the same process" if change.keeps_process else "another process"
    repeats = f", {change.repeats} signals repeated" if change.repeats else ""
    return f"{name} {contender}: {times}, {change.errors} errors, {process}{repeats}"


def start(contender: Contender, count: int) -> tuple[float, float]:
    """Seconds from the start to the first answer of the last service, and megabytes after it has come to rest."""
    contender.write(head(2, 2000) + services(count, contender.options))
    last = count - 1
    vip = f"127.{10 + last // 62500}.{(last // 250) % 250}.{last % 250 + 1}"
    enter("proxy")
    begun = time.monotonic()
    contender.launch(node=None)
    wait_for(vip, 6443, contender.daemon, 60)
    took = time.monotonic() - begun
    enter("client")
    time.sleep(1)
    memory = contender.daemon.memory()
    contender.stop()
    return took, memory
