"""scripts/lab status: the nodes of one lab, their addresses and programs, in words or as JSON. Exit 2 when degraded."""

import json
import os
import signal
import subprocess
import sys

# What must run in a node for it to do its work.
EXPECTED = {"appliance": ["appliance-net", "appliance-proxyd", "appliance-dataplaned"]} | {
    f"backend{number}": ["responder"] for number in range(1, 5)
}
HIDDEN = {"sleep", "node-init", "ps"}


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def pid_of(state: str, node: str) -> int | None:
    try:
        with open(f"{state}/nodes/{node}.pid", encoding="utf-8") as file:
            pid = int(file.read())
        os.kill(pid, 0)
        return pid
    except (OSError, ValueError):
        return None


def addresses(lab: str, node: str) -> list[str]:
    links = json.loads(output("ip", "-netns", f"{lab}-{node}", "-json", "address") or "[]")
    return [
        f"{link['ifname']} {address['local']}/{address['prefixlen']}"
        for link in links
        if link.get("ifname") != "lo"
        for address in link.get("addr_info", [])
        if address["family"] == "inet"
    ]


def programs(pid: int) -> list[dict]:
    lines = output("nsenter", "--target", str(pid), "--mount", "--pid", "ps", "-eo", "pid=,args=").splitlines()
    result = []
    for number, words in ((line.split()[0], line.split()[1:]) for line in lines if line.strip()):
        # A script is known by its own name, not by its interpreter's.
        script = len(words) > 1 and os.path.basename(words[0]).startswith(("python", "bash"))
        name = os.path.basename(words[1] if script else words[0])
        if name not in HIDDEN:
            result.append({"pid": int(number), "name": name})
    return result


def look(lab: str, state: str, node: str, booted: bool) -> dict:
    pid = pid_of(state, node)
    if pid is None:
        return {"name": node, "state": "gone", "addresses": [], "programs": [], "missing": []}
    found = programs(pid)
    expected = EXPECTED.get(node, []) if node != "appliance" or booted else []
    missing = [name for name in expected if name not in {each["name"] for each in found}]
    return {
        "name": node,
        "state": "degraded" if missing else "ok",
        "addresses": addresses(lab, node),
        "programs": found,
        "missing": missing,
    }


def main(lab: str, state: str, arguments: list[str]) -> int:
    with open(f"{state}/topology.json", encoding="utf-8") as file:
        names = list(json.load(file)["nodes"])
    booted = os.path.exists(f"{state}/booted")
    nodes = [look(lab, state, name, booted) for name in names]
    degraded = any(each["state"] != "ok" for each in nodes)
    if "--json" in arguments:
        print(json.dumps({"lab": lab, "state": "degraded" if degraded else "ok", "nodes": nodes}, indent=2))
        return 2 if degraded else 0
    print(f"lab {lab}: {'degraded' if degraded else 'ok'}")
    for each in nodes:
        running = ", ".join(f"{program['name']} ({program['pid']})" for program in each["programs"]) or "no program"
        print(f"  {each['name']:<10} {each['state']:<9} {', '.join(each['addresses']) or 'no address'}; {running}")
        for name in each["missing"]:
            print(f"             {name} does not run")
    return 2 if degraded else 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `scripts/lab status | head` is no error.
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
