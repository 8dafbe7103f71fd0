"""The bill of materials of an OVA, as CycloneDX 1.5 in JSON.

    bill.py NAME VERSION TIME STATUS RESOLVED CHECKOUTS PROGRAMS [DOCUMENTS]

STATUS is dpkg's of the appliance, RESOLVED SwiftPM's, CHECKOUTS the directory of the sources that it resolved to, PROGRAMS that of
the programs as they are in the appliance, DOCUMENTS its /usr/share/doc, for the licences that packages declare there. TIME is in seconds
since 1970. The boot loaders are this machine's.
"""

import datetime
import json
import os
import re
import subprocess
import sys
import urllib.parse
import uuid

# boot-qemu takes whatever is new here for a reason to build again.
sys.dont_write_bytecode = True
import linked  # noqa: E402

OWN_SOURCE = "appliance-net"
# What disk.sh puts on the disk and no package of the appliance has: out of packages of the machine that builds.
BOOT_LOADERS = [
    "/usr/lib/grub/i386-pc/boot.img",
    "/usr/lib/shim/shimx64.efi.signed",
    "/usr/lib/shim/mmx64.efi.signed",
    "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
]


def stanzas(path: str) -> list[dict[str, str]]:
    """The packages that are installed, their fields without continuation lines."""
    result: list[dict[str, str]] = []
    with open(path, encoding="utf-8") as file:
        for block in file.read().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != " ")
            if fields.get("Status", "").endswith(" installed"):
                result.append(fields)
    return result


def debian_component(fields: dict[str, str]) -> dict:
    name, version = fields["Package"], fields["Version"]
    vendor = "appliance-net" if is_own(fields) else "debian"
    url = f"pkg:deb/{vendor}/{urllib.parse.quote(name)}@{urllib.parse.quote(version, safe='')}?arch={fields['Architecture']}"
    component = {"type": "library", "bom-ref": url, "name": name, "version": version, "purl": url}
    if "Maintainer" in fields:
        component["supplier"] = {"name": fields["Maintainer"].split(" <")[0].strip('"')}
    source = fields.get("Source", name).split(" ")[0]
    if source != name:
        component["properties"] = [{"name": "debian:source", "value": source}]
    return component


def add_licences(component: dict, name: str, documents: str) -> None:
    """What the copyright file of a package declares, in Debian's names; nothing of one that is not machine-readable (DEP 5)."""
    path = os.path.join(documents, name, "copyright")
    # The directory may be a link to another package's.
    if not os.path.isfile(path):
        return
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if not re.match(r"Format(-Specification)?:", text):
        return
    names = sorted(set(re.findall(r"^License: *(\S.*?) *$", text, re.MULTILINE)))
    if names:
        component["licenses"] = [{"license": {"name": each}} for each in names]


def is_own(fields: dict[str, str]) -> bool:
    return fields.get("Source", fields["Package"]) == OWN_SOURCE


def boot_loaders() -> list[dict]:
    """The packages that the files of BOOT_LOADERS are of, and what shim is made of: its own package has signatures alone."""
    files = query("dpkg", "--search", *BOOT_LOADERS)
    names = {line.split(": ")[0].split(":")[0] for line in files.splitlines()}
    if "shim-signed" in names:
        names.add("shim-unsigned")
    form = (
        "Package: ${Package}\\nVersion: ${Version}\\nArchitecture: ${Architecture}\\nSource: ${source:Package}\\n"
        "Maintainer: ${Maintainer}\\n\\n"
    )
    result = []
    for block in query("dpkg-query", "--show", "--showformat", form, *sorted(names)).strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        component = debian_component(fields)
        add_licences(component, fields["Package"], "/usr/share/doc")
        component.setdefault("properties", []).append({"name": "appliance-net:part", "value": "boot loader on the disk"})
        result.append(component)
    return result


def query(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def swift_component(pin: dict) -> dict:
    place = urllib.parse.urlparse(pin["location"].removesuffix(".git"))
    state = pin["state"]
    version = state.get("version") or state["revision"]
    url = f"pkg:swift/{place.netloc}{place.path}@{version}"
    return {
        "type": "library",
        "bom-ref": url,
        "name": pin["identity"],
        "version": version,
        "purl": url,
        "externalReferences": [{"type": "vcs", "url": pin["location"], "comment": state["revision"]}],
    }


def vendored(checkout: str, targets: set[str], reference: str) -> list[dict]:
    """Foreign C that a Swift package carries in its own targets."""
    result = []
    for target in sorted(targets):
        directory = os.path.join(checkout, "Sources", target)
        if target.endswith("BoringSSL") and os.path.exists(f"{directory}/hash.txt"):
            with open(f"{directory}/hash.txt", encoding="utf-8") as file:
                found = re.search(r"[0-9a-f]{40}", file.read())
            result.append(("boringssl", found[0] if found else "unknown", "pkg:github/google/boringssl@"))
        if target.endswith("LLHTTP"):
            result.append(("llhttp", llhttp_version(f"{directory}/include"), "pkg:github/nodejs/llhttp@"))
    return [
        {"type": "library", "bom-ref": f"{url}{version}#{reference}", "name": name, "version": version, "purl": url + version}
        for name, version, url in result
    ]


def llhttp_version(directory: str) -> str:
    text = ""
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            text += file.read()
    return ".".join(re.findall(r"define LLHTTP_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", text)) or "unknown"


def toolchain_component(part: str, release: str) -> dict:
    url = f"pkg:github/swiftlang/{part}@{release}"
    words = {"name": "appliance-net:part", "value": "linked statically"}
    return {"type": "library", "bom-ref": url, "name": part, "version": release, "purl": url, "properties": [words]}


def check_out(pin: dict, checkouts: str) -> str:
    """Where the sources of a pin are; they have to be those that it names."""
    directory = os.path.join(checkouts, os.path.basename(pin["location"]).removesuffix(".git"))
    head = query("git", "-C", directory, "rev-parse", "HEAD").strip()
    if head != pin["state"]["revision"]:
        sys.exit(f"bill: {directory} is at {head}, and not at {pin['state']['revision']} as it was resolved")
    return directory


def add_licence(component: dict, directory: str) -> None:
    """Of a Swift package, by its text."""
    for name in ("LICENSE.txt", "LICENSE"):
        path = os.path.join(directory, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                head = " ".join(file.read(400).split())
            if head.startswith("Apache License Version 2.0"):
                component["licenses"] = [{"license": {"id": "Apache-2.0"}}]
            return


def depends(fields: dict[str, str], urls: dict[str, str]) -> set[str]:
    """What a package of Debian's depends on, of what is there."""
    words = ", ".join(fields[name] for name in ("Pre-Depends", "Depends") if name in fields)
    names = re.split(r"[,|]", re.sub(r"\([^)]*\)|:\w+", "", words))
    return {urls[name.strip()] for name in names if name.strip() in urls}


def main(
    name: str, version: str, time: str, status: str, resolved: str, checkouts: str, programs: str, documents: str = "/nonexistent"
) -> None:
    packages = stanzas(status)
    with open(resolved, encoding="utf-8") as file:
        pins = {pin["identity"]: pin for pin in json.load(file)["pins"]}
    debian = {fields["Package"]: debian_component(fields) for fields in packages}
    for package, component in debian.items():
        add_licences(component, package, documents)
    urls = {package: component["purl"] for package, component in debian.items()}
    dependencies = {urls[fields["Package"]]: depends(fields, urls) for fields in packages}
    loaders = {component["purl"]: component for component in boot_loaders()}
    release, manifests = linked.compiler(), linked.manifests(checkouts)
    parts: dict[str, dict] = {}
    for program, package in linked.PROGRAMS.items():
        if package not in urls:
            sys.exit(f"bill: the appliance has no {package}")
        for part in linked.toolchain(os.path.join(programs, program)):
            component = toolchain_component(part, release)
            parts[component["purl"]] = component
            dependencies[urls[package]].add(component["purl"])
        for identity, targets in linked.closure(manifests, program).items():
            if not identity:
                continue
            component = swift_component(pins[identity])
            sources = check_out(pins[identity], checkouts)
            add_licence(component, sources)
            inside = vendored(sources, targets, component["purl"])
            if inside:
                component["components"] = inside
            parts[component["purl"]] = component
            dependencies[urls[package]].add(component["purl"])
    reference = f"pkg:generic/{name.removesuffix('-' + version)}@{version}"
    dependencies[reference] = {*urls.values(), *loaders}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(int(time), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "operating-system", "bom-ref": reference, "name": name, "version": version},
        },
        "components": [
            part
            for kind in ({each["purl"]: each for each in debian.values()}, loaders, parts)
            for _, part in sorted(kind.items())
        ],
        "dependencies": [{"ref": each, "dependsOn": sorted(on)} for each, on in sorted(dependencies.items())],
    }
    # The same content has the same number.
    content = json.dumps(document, sort_keys=True)
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}"
    json.dump(document, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
