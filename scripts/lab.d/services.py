"""Inside the appliance: what systemd does on the real one. First boot, then the daemons of the shipped units.

    services.py prepare                    directories and sysctls of the shipped tree
    services.py boot OPTION FILE           `appliance-net firstboot OPTION FILE`, then start
    services.py start|stop [UNIT...]       appliance-net, which keeps the network and the guard, appliance-proxy and
                                           appliance-dataplane, or those that are named
    services.py kill [UNIT...]             SIGKILL instead of SIGTERM

`boot` writes its times in milliseconds to /run/lab/boot.json; `began` there is of the monotonic clock.
"""

import json
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from glob import glob

from units import Unit

# In the order in which systemd starts them: Before= and After= of the units.
UNITS = ["appliance-net", "appliance-proxy", "appliance-dataplane"]
LOGS = {name: f"/var/log/{name}.log" for name in UNITS}
PATIENCE = 30.0


class StartError(Exception):
    """A program did not do what its unit says, in words."""


def unit(name: str) -> Unit:
    for root in ["/etc/systemd/system", "/usr/lib/systemd/system"]:
        if os.path.exists(f"{root}/{name}.service"):
            return Unit(f"{root}/{name}.service")
    raise StartError(f"no unit {name}.service in /etc/systemd/system: does etc/systemd/system hold it?")


def option(words: list[str], *names: str) -> str | None:
    """The value of `--name=value`, `--name value` or `-n value`."""
    for word, following in zip(words, [*words[1:], ""]):
        for name in names:
            if word.startswith(f"{name}="):
                return word.removeprefix(f"{name}=")
            if word == name:
                return following
    return None


def spawn(name: str, more: dict[str, str] | None = None) -> tuple[subprocess.Popen, list[str], float]:
    service = unit(name)
    for path, mode in service.directories():
        os.makedirs(path, mode, exist_ok=True)
        if service.all("User"):
            shutil.chown(path, service.all("User")[-1])
    for command in service.commands("ExecStartPre"):
        subprocess.run(command, check=True)
    command = service.commands("ExecStart")[0]
    environment = os.environ | service.environment() | (more or {})
    limit(service)
    with open(LOGS[name], "ab") as log:
        begin = time.monotonic()
        process = subprocess.Popen(
            service.identity() + command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    with open(f"/run/lab/{name}.pid", "w", encoding="utf-8") as file:
        file.write(f"{process.pid}\n")
    return process, command, begin


def limit(service: Unit) -> None:
    """Its limits, for us and so for what we start."""
    for key, kind in {"LimitNOFILE": resource.RLIMIT_NOFILE, "LimitCORE": resource.RLIMIT_CORE}.items():
        for value in map(int, service.all(key)[-1:]):
            try:
                resource.setrlimit(kind, (value, value))
            except (ValueError, PermissionError):
                print(f"lab: {key}={value} is not allowed here: {resource.getrlimit(kind)[1]}", file=sys.stderr)


def master_answers(path: str) -> bool:
    """One command a line; the answer ends when the server closes the connection."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(path)
            connection.sendall(b"show proc\n")
            connection.shutdown(socket.SHUT_WR)
            return bool(connection.recv(4096))
        except OSError:
            return False


def api_answers(host: str, port: int, context: ssl.SSLContext) -> bool:
    try:
        with socket.create_connection((host, port), timeout=2) as plain:
            with context.wrap_socket(plain) as connection:
                connection.sendall(f"GET /v2/info HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                return connection.recv(64).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def wait(name: str, process: subprocess.Popen, answers) -> float:
    """Polls until the program answers; gives the time at which it did."""
    deadline = time.monotonic() + PATIENCE
    while not answers():
        code = process.poll()
        if code is not None:
            raise StartError(f"{name} ended with code {code} instead of serving")
        if time.monotonic() > deadline:
            raise StartError(f"{name} does not answer after {PATIENCE:.0f} s")
        time.sleep(0.0005)
    return time.monotonic()


def start_proxy() -> float:
    process, command, begin = spawn("appliance-proxy")
    path = option(command, "-S")
    if path is None:
        raise StartError("ExecStart of appliance-proxy.service names no master socket (-S)")
    return (wait("appliance-proxyd", process, lambda: master_answers(path.split(",")[0])) - begin) * 1000


def start_dataplane() -> float:
    process, command, begin = spawn("appliance-dataplane")
    host, port = option(command, "--tls-host"), option(command, "--tls-port")
    if not host or not port:
        raise StartError("ExecStart of appliance-dataplane.service gives no --tls-host and --tls-port")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return (wait("appliance-dataplaned", process, lambda: api_answers(address, int(port), context)) - begin) * 1000


def start_watch() -> float:
    """Type=notify: ready when it says so (sd_notify(3))."""
    path = "/run/lab/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(path)
        notify.setblocking(False)

        def is_ready() -> bool:
            try:
                return b"READY=1" in notify.recv(4096).splitlines()
            except BlockingIOError:
                return False

        try:
            process, _, begin = spawn("appliance-net", {"NOTIFY_SOCKET": path})
            return (wait("appliance-net watch", process, is_ready) - begin) * 1000
        finally:
            os.unlink(path)


STARTERS = {"appliance-proxy": start_proxy, "appliance-dataplane": start_dataplane, "appliance-net": start_watch}


def running(name: str) -> int | None:
    try:
        with open(f"/run/lab/{name}.pid", encoding="utf-8") as file:
            pid = int(file.read())
        # One that was killed is there until it is reaped.
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return None if file.read().rsplit(")", 1)[1].split()[0] in "ZX" else pid
    except (OSError, ValueError):
        return None


def start(names: list[str]) -> dict[str, float]:
    return {name: STARTERS[name]() for name in names if running(name) is None}


def stop(names: list[str], how: signal.Signals = signal.SIGTERM) -> None:
    """Returns when they are gone: one that is being killed can still be seen running."""
    for name in names:
        pid = running(name)
        deadline = time.monotonic() + PATIENCE
        if pid is not None:
            os.kill(pid, how)
        while running(name) is not None:
            if time.monotonic() > deadline:
                raise StartError(f"{name} (pid {pid}) does not end on {how.name}")
            time.sleep(0.005)


def boot(choice: str, path: str) -> None:
    begin = time.monotonic()
    code = subprocess.run(["appliance-net", "firstboot", choice, path], check=False).returncode
    times = {"began": begin * 1000, "firstboot": (time.monotonic() - begin) * 1000}
    if code != 0:
        raise StartError(f"appliance-net firstboot ended with code {code}")
    times |= start(UNITS)
    times["ready"] = (time.monotonic() - begin) * 1000
    with open("/run/lab/boot.json", "w", encoding="utf-8") as file:
        json.dump(times, file)


def prepare() -> None:
    """What systemd-sysctl and systemd-tmpfiles would do with the shipped files."""
    for path in sorted(glob("/etc/sysctl.d/*appliance-net*.conf")):
        with open(path, encoding="utf-8") as file:
            # Other keys would be this machine's, not the namespace's.
            keys = [line for line in file if line.strip().lstrip("-").startswith("net.")]
        subprocess.run(["sysctl", "--quiet", "--load=-"], input="".join(keys), text=True, check=True)
    for path in sorted(glob("/etc/tmpfiles.d/*appliance-net*.conf")):
        with open(path, encoding="utf-8") as file:
            for fields in map(str.split, file):
                if len(fields) >= 2 and fields[0] in ("d", "D"):
                    os.makedirs(fields[1], exist_ok=True)


def main(arguments: list[str]) -> None:
    match arguments:
        case ["prepare"]:
            prepare()
        case ["boot", choice, path]:
            boot(choice, path)
        case ["start", *names]:
            print(json.dumps(start(names or UNITS)))
        case ["stop", *names]:
            stop(names or list(reversed(UNITS)))
        case ["kill", *names]:
            stop(names or list(reversed(UNITS)), signal.SIGKILL)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (StartError, OSError, subprocess.CalledProcessError) as error:
        print(f"lab: {error}", file=sys.stderr)
        for log in LOGS.values():
            if os.path.exists(log):
                with open(log, encoding="utf-8", errors="replace") as file:
                    print(f"--- {log}", *file.read().splitlines()[-20:], sep="\n", file=sys.stderr)
        sys.exit(1)
