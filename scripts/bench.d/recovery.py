"""The benchmark of the rebuild after a crash: `make bench-recovery` (scripts/bench-recovery).

    recovery.py [--smoke] [--document FILE] [--rounds N]

Rows go to standard output, figures to standard error. APPLIANCE_NET_BIN is the directory of the programs.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from statistics import median

from report import Report, arguments, carry_out
from rows import Row
from world import BenchError

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLE = f"{SCRIPTS}/../ovf/examples/frontend.ovf-env.xml"
VIP = "10.13.200.34:443"
REBUILT = 500
BACKED_UP = 5000
FIRST_BYTE_MUST = 2.0
BACKUP_MUST = 1.0
PATIENCE = 120.0


@dataclass
class Drill:
    """Where the seconds of one outage went, in their order."""

    parts: dict[str, float]

    @property
    def outage(self) -> float:
        return sum(self.parts.values())

    @property
    def first_byte(self) -> float:
        """Since first boot began."""
        return self.outage - self.parts["machine"]


class Lab:
    """A lab of scripts/lab, and what its two machines are made of."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.environment = os.environ | {"LAB_ID": f"recovery-{os.getpid()}"}
        self.bundles = f"{directory}/bundles"
        os.mkdir(self.bundles)
        self.empty = f"{directory}/haproxy.cfg"
        self.before = self.settings("before", {})
        self.after = self.settings("after", {"recovery.source": self.bundles}, "00:50:57:")

    def settings(self, name: str, more: dict[str, str], adapters: str = "00:50:56:") -> str:
        """A file of properties: the example, with a place for bundles."""
        with open(EXAMPLE, encoding="utf-8") as file:
            text = file.read().replace("00:50:56:", adapters)
        properties = {"recovery.target": self.bundles, "recovery.passphrase": "correct horse battery"} | more
        lines = "".join(f'<Property oe:key="{key}" oe:value="{value}"/>' for key, value in properties.items())
        path = f"{self.directory}/{name}.xml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("</PropertySection>", f"{lines}</PropertySection>"))
        return path

    def start(self, *words: str, **options) -> subprocess.Popen:
        return subprocess.Popen(
            [f"{SCRIPTS}/lab", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def __call__(self, *words: str) -> str:
        process = self.start(*words)
        output, errors = process.communicate()
        if process.returncode != 0:
            raise BenchError(f"lab {' '.join(words)} ended with {process.returncode}: {errors}{output}")
        return output

    def shell(self, script: str) -> str:
        return self("exec", "appliance", "bash", "-ec", script)

    def up(self) -> None:
        self("up", "--ovf-env", self.before)
        self.shell(f"cp /etc/haproxy/haproxy.cfg {self.empty}")

    def serve(self, count: int) -> None:
        """That many services in the place of those of before."""
        self.shell(
            f"""
            {{ cat {self.empty}; {SCRIPTS}/lab.d/many-services {count}; }} >/run/lab/haproxy.cfg
            cp /run/lab/haproxy.cfg /etc/haproxy/haproxy.cfg
            """
        )

    def back_up(self) -> None:
        """The service may be taking one."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with suppress(BenchError):
                self.shell("appliance-net backup")
                return
            if time.monotonic() > deadline:
                raise BenchError("no backup can be taken")
            time.sleep(0.1)

    def crash(self) -> Drill:
        """Ends the appliance, and puts another in its place; a client asks from the kill on."""
        begin = time.monotonic()
        self("crash")
        asking = self.start("exec", "client", f"{SCRIPTS}/lab.d/first-answer", VIP, str(PATIENCE))
        self("replace", "--ovf-env", self.after)
        output, errors = asking.communicate()
        if asking.returncode != 0:
            raise BenchError(f"the client got no answer: {errors}")
        boot = {key: value / 1000 for key, value in json.loads(self.shell("cat /run/lab/boot.json")).items()}
        steps = json.loads(self.shell("cat /run/appliance-net/firstboot.json"))["steps"]
        made = sum(step["milliseconds"] for step in steps) / 1000
        parts = {
            "machine": boot["began"] - begin,
            "restore": boot["firstboot"] - made,
            "first boot": made,
            "network": boot["appliance-net"],
            "proxy": boot["appliance-proxy"],
        }
        parts["answer"] = float(output) - begin - sum(parts.values())
        return Drill(parts)


class Bench:
    """All of it, in order."""

    def __init__(self, report: Report, rounds: int) -> None:
        self.report = report
        self.rounds = rounds

    def rebuild(self, lab: Lab) -> None:
        lab.serve(REBUILT)
        lab.back_up()
        drills = [lab.crash() for _ in range(self.rounds)]
        for name in drills[0].parts:
            times = [drill.parts[name] for drill in drills]
            self.report.note(f"outage-{REBUILT} {name}: {median(times) * 1000:.0f} ms, {max(times) * 1000:.0f} ms at most")
        outages = [drill.outage for drill in drills]
        self.report.note(f"outage-{REBUILT}: {median(outages) * 1000:.0f} ms, {max(outages) * 1000:.0f} ms at most")
        ratios = [drill.first_byte / FIRST_BYTE_MUST for drill in drills]
        self.report.add(Row(f"first-byte-{REBUILT}", ratios, "<=1"))
        shares = [drill.parts["answer"] / drill.outage for drill in drills]
        self.report.add(Row("outage-after-start", shares, "<=0.25"))

    def back_up(self, lab: Lab) -> None:
        # The service would take one of its own.
        lab.shell("systemctl stop appliance-net")
        lab.serve(BACKED_UP)
        command = "echo '# more' >>/etc/haproxy/haproxy.cfg; TIMEFORMAT=%R; time appliance-net backup >/dev/null 2>&1"
        times = [float(lab.shell(f"exec 2>&1; {command}")) for _ in range(self.rounds)]
        self.report.note(f"backup-{BACKED_UP}: {median(times) * 1000:.0f} ms, {max(times) * 1000:.0f} ms at most")
        self.report.add(Row(f"backup-{BACKED_UP}", [seconds / BACKUP_MUST for seconds in times], "<=1"))

    def run(self) -> None:
        with tempfile.TemporaryDirectory(prefix="bench-recovery-") as directory:
            lab = Lab(directory)
            try:
                lab.up()
                self.rebuild(lab)
                self.back_up(lab)
            finally:
                lab.start("down").communicate()


def main() -> int:
    parser = arguments()
    parser.add_argument("--rounds", type=int, metavar="N")
    options = parser.parse_args()
    rounds = options.rounds or (1 if options.smoke else 9)
    return carry_out("bench-recovery", options, lambda report: Bench(report, rounds).run())


if __name__ == "__main__":
    sys.exit(main())
