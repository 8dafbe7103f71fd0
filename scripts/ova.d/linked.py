"""What is linked into our programs beside our own code: of SwiftPM's packages the targets that a program reaches, and what of the
toolchain is in it.

    linked.py CHECKOUTS [PROGRAM...]     prints `PROGRAM PACKAGE TARGET...`, a line for each package

The packages' own manifests say what depends on what; nothing is resolved or fetched for that.
"""

import collections
import concurrent.futures
import functools
import json
import os
import re
import subprocess
import sys
import tempfile

# The Debian package of each program.
PROGRAMS = {
    "appliance-dataplaned": "appliance-dataplane",
    "appliance-net": "appliance-net",
    "appliance-proxyd": "appliance-proxy",
}


def manifest(directory: str) -> dict:
    """What a Package.swift says."""
    # A slice leaves parts of ours out.
    environment = {key: value for key, value in os.environ.items() if key != "APPLIANCE_NET_SLICE"}
    with tempfile.TemporaryDirectory() as scratch:
        # A directory of its own for what it notes: a build beside this one has the other locked.
        command = ["swift", "package", "--package-path", directory, "--scratch-path", scratch, "dump-package"]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout)


@functools.cache
def manifests(checkouts: str) -> dict[str, dict]:
    """Ours under the empty name, the others' by their identities."""
    names = sorted(os.listdir(checkouts))
    places = [".", *(os.path.join(checkouts, name) for name in names)]
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        return dict(zip(["", *(name.lower() for name in names)], threads.map(manifest, places)))


def applies(condition: dict | None, package: dict) -> bool:
    """Whether a dependency with this condition is one on Linux, with the traits that nobody has chosen otherwise."""
    if not condition:
        return True
    platforms, traits = condition.get("platformNames") or [], condition.get("traits") or []
    enabled = {name for each in package.get("traits") or [] if each["name"] == "default" for name in each["enabledTraits"]}
    return (not platforms or "linux" in platforms) and (not traits or bool(enabled.intersection(traits)))


def closure(packages: dict[str, dict], program: str) -> dict[str, set[str]]:
    """The targets that a program reaches, by package; its own package has the empty name."""
    targets = {(identity, each["name"]): each for identity, package in packages.items() for each in package["targets"]}
    products = {(identity, each["name"]): each["targets"] for identity, package in packages.items() for each in package["products"]}
    reached: dict[str, set[str]] = collections.defaultdict(set)
    todo = [("", program)]
    while todo:
        identity, name = todo.pop()
        if name in reached[identity]:
            continue
        target = targets[identity, name]
        if target["type"] in ("plugin", "macro"):
            # It runs where we build.
            continue
        reached[identity].add(name)
        for dependency in target["dependencies"]:
            (kind, words), = dependency.items()
            condition = words[-1] if isinstance(words[-1], dict) else None
            if not applies(condition, packages[identity]):
                continue
            if kind == "product":
                todo += [(words[1].lower(), each) for each in products[words[1].lower(), words[0]]]
            elif (identity, words[0]) in targets:
                todo.append((identity, words[0]))
            else:
                # By the name of a product alone, of whatever package has it.
                owner, = [other for other, product in products if product == words[0]]
                todo += [(owner, each) for each in products[owner, words[0]]]
    return {identity: names for identity, names in reached.items() if names}


def toolchain(program: str) -> set[str]:
    """The parts of Swift's toolchain that a program is linked with statically: modules leave their names in it."""
    with open(program, "rb") as file:
        content = file.read()
    parts = {"swift"}
    if b"libdispatch" in content:
        parts.add("swift-corelibs-libdispatch")
    for module, part in {
        "FoundationEssentials": "swift-foundation",
        "FoundationInternationalization": "swift-foundation-icu",
        "Foundation": "swift-corelibs-foundation",
    }.items():
        if b"\0" + module.encode() + b"\0" in content:
            parts.add(part)
    return parts


def compiler() -> str:
    """The release of the compiler: `swift-6.3.1-RELEASE`."""
    words = subprocess.run(["swift", "--version"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = re.search(r"\((swift-[^)]*)\)", words)
    if not found:
        sys.exit(f"linked: no release of Swift in: {words}")
    return found[1]


def main(checkouts: str, *programs: str) -> None:
    packages = manifests(checkouts)
    for program in programs or PROGRAMS:
        for identity, targets in sorted(closure(packages, program).items()):
            print(program, identity or ".", *sorted(targets))


if __name__ == "__main__":
    main(*sys.argv[1:])
