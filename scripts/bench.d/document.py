"""The chapters of docs/benchmarks.md that the benchmarks write."""

import os
import platform
import re
import subprocess

from rows import Row


def first_line(*words: str) -> str:
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    return ((result.stdout or result.stderr).splitlines() or [""])[0].strip()


def machine() -> str:
    """Where it ran."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    load = os.getloadavg()[2]
    haproxy = re.search(r"version (\S+)", first_line("/usr/sbin/haproxy", "-v"))
    nginx = first_line("/usr/sbin/nginx", "-v").rsplit("/", 1)[-1]
    return (
        f"{os.cpu_count()} cores of {model}, Linux {platform.release()}, HAProxy {haproxy[1] if haproxy else '?'}, "
        f"nginx {nginx}; load average over 15 minutes {load:.1f}."
    )


def write_document(path: str, rows: list[Row], figures: list[str], name: str) -> None:
    """Replaces what stands between the marks of the benchmark."""
    begin, end = (f"<!-- {name}: {word} -->" for word in ["begin", "end"])
    with open(path, encoding="utf-8") as file:
        text = file.read()
    table = ["| name | ratio | min | max | must | |", "|---|---|---|---|---|---|"]
    table += ["| " + " | ".join(row.words) + " |" for row in rows]
    body = [machine(), "", *table, "", "```", *figures, "```"]
    head, rest = text.split(begin, 1)
    tail = rest.split(end, 1)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([head + begin, "", *body, "", end]) + tail)
