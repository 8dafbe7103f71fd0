"""Three network namespaces in a row, client - proxy - server, and the processes in them.

All of it lives in namespaces (network, mounts, processes) that scripts/bench-proxy made for it, and ends with them.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import time

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)

CLIENT = "10.9.1.2"
CLIENTS = 64
PROXY = "10.9.1.1"
SERVERS = ["10.9.2.2", "10.9.2.3", "10.9.2.4", "10.9.2.5"]
PORT = 9001


class BenchError(Exception):
    """The benchmark itself did not work, in words."""


def run(*words: str) -> None:
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)


def build() -> None:
    """The namespaces, joined by veth pairs; the proxy's forwards, so that `direct` goes the same way without a proxy."""
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    os.makedirs("/run/netns")
    for name in ["client", "proxy", "server"]:
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
    for side, network in [("client", 1), ("server", 2)]:
        run("ip", "-n", "proxy", "link", "add", side, "type", "veth", "peer", "name", "proxy", "netns", side)
        run("ip", "-n", "proxy", "address", "add", f"10.9.{network}.1/24", "dev", side)
        run("ip", "-n", "proxy", "link", "set", side, "up")
        run("ip", "-n", side, "link", "set", "proxy", "up")
    for number in range(CLIENTS):
        run("ip", "-n", "client", "address", "add", f"10.9.1.{2 + number}/24", "dev", "proxy")
    for address in SERVERS:
        run("ip", "-n", "server", "address", "add", f"{address}/24", "dev", "proxy")
    run("ip", "-n", "client", "route", "add", "default", "via", "10.9.1.1")
    run("ip", "-n", "server", "route", "add", "default", "via", "10.9.2.1")
    for name in ["client", "proxy", "server"]:
        enter(name)
        for key, value in [
            ("ipv4/tcp_tw_reuse", "1"),
            ("ipv4/ip_local_port_range", "10240 65000"),
            ("core/somaxconn", "65535"),
            ("ipv4/tcp_max_syn_backlog", "65535"),
            ("ipv4/ip_forward", "1"),
            # Without loss as good as any, in every kernel, and allowed in every namespace. Where the machine has BBR,
            # its timers for pacing would be measured too.
            ("ipv4/tcp_congestion_control", "reno"),
        ]:
            with open(f"/proc/sys/net/{key}", "w", encoding="ascii") as file:
                file.write(value)
    enter("client")


def enter(name: str) -> None:
    """This process goes into the namespace."""
    with open(f"/run/netns/{name}", "rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise BenchError(f"setns {name}: {os.strerror(ctypes.get_errno())}")


def inside(name: str | None, cores: str | None, words: list[str]) -> list[str]:
    """The command line that runs words in the namespace (None: in that of this process), on the given cores."""
    go = ["nsenter", f"--net=/run/netns/{name}"] if name else []
    pin = ["taskset", "-c", cores] if cores else []
    return [*go, *pin, *words]


def is_alive(pid: int) -> bool:
    """Whether the process still has its descriptors."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Daemon:
    """A program that serves until it is stopped, with all the processes it makes."""

    def __init__(self, node: str | None, cores: str | None, words: list[str], errors: str) -> None:
        self.words = words
        self.errors = errors
        with open(errors, "ab") as file:
            # Its own session: it may signal its process group.
            self.process = subprocess.Popen(
                inside(node, cores, words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=file,
                start_new_session=True,
            )

    @property
    def pids(self) -> list[int]:
        """The process and all below it."""
        children: dict[int, list[int]] = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(parent, []).append(int(entry))
        found = [self.process.pid]
        for pid in found:
            found += children.get(pid, [])
        return found

    def cpu(self) -> float:
        """Seconds of processor time so far, of all threads."""
        total = 0
        for pid in self.pids:
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                        total += int(file.read().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                pass
        return total / 1e9

    def memory(self) -> float:
        """Megabytes (10^6) of proportional set size."""
        total = 0
        for pid in self.pids:
            try:
                with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                    total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
            except (FileNotFoundError, ProcessLookupError, StopIteration):
                pass
        return total * 1024 / 1e6

    def check(self) -> None:
        if self.process.poll() is not None:
            with open(self.errors, encoding="utf-8", errors="replace") as file:
                raise BenchError(f"{' '.join(self.words)} ended by itself:\n{file.read()[-2000:]}")

    def stop(self) -> None:
        """Ends it and everything below it."""
        pids = self.pids
        for number in [signal.SIGTERM, signal.SIGKILL]:
            for pid in pids:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait(5)
        # Whoever still listens would be taken for the one that starts next.
        deadline = time.monotonic() + 20
        while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.01)


def wait_for(address: str, port: int, daemon: Daemon | None = None, seconds: float = 20, pause: float = 0.0002) -> float:
    """Seconds until the address takes connections, from the namespace this process is in."""
    start = time.monotonic()
    while time.monotonic() < start + seconds:
        with socket.socket() as probe:
            probe.settimeout(1)
            try:
                probe.connect((address, port))
                return time.monotonic() - start
            except OSError:
                pass
        if daemon:
            daemon.check()
        time.sleep(pause)
    raise BenchError(f"{address}:{port} takes no connections after {seconds} s")


class Load:
    """A run of the generator."""

    def __init__(self, lbload: str, kind: str, target: str, cores: str | None, connections: int, seconds: float) -> None:
        words = [lbload, kind, "--target", target, "--connections", str(connections), "--seconds", str(seconds)]
        if kind in ("short", "idle"):
            words += ["--source", CLIENT, "--sources", str(CLIENTS)]
        self.process = subprocess.Popen(
            inside("client", cores, words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def line(self) -> dict:
        """What it printed when it was done, or when all idle connections were there."""
        text = self.process.stdout.readline()
        if not text:
            raise BenchError(f"the generator ended with {self.process.wait()}")
        return json.loads(text)

    def end(self) -> None:
        self.process.communicate()
