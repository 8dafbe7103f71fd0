"""The bill of materials of an OVA, as CycloneDX 1.5 in JSON.

    bill.py NAME VERSION TIME STATUS RESOLVED

STATUS is dpkg's of the appliance, RESOLVED SwiftPM's: the libraries in our programs. TIME is in seconds since 1970.
"""

import datetime
import json
import sys
import urllib.parse
import uuid

OWN_SOURCE = "appliance-net"


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
    source = fields.get("Source", name).split(" ")[0]
    if source != name:
        component["properties"] = [{"name": "debian:source", "value": source}]
    return component


def is_own(fields: dict[str, str]) -> bool:
    return fields.get("Source", fields["Package"]) == OWN_SOURCE


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


def main(name: str, version: str, time: str, status: str, resolved: str) -> None:
    packages = stanzas(status)
    with open(resolved, encoding="utf-8") as file:
        pins = json.load(file)["pins"]
    debian = sorted(map(debian_component, packages), key=lambda each: each["purl"])
    swift = sorted(map(swift_component, pins), key=lambda each: each["purl"])
    own = sorted(debian_component(each)["purl"] for each in packages if is_own(each))
    reference = f"pkg:generic/{name.removesuffix('-' + version)}@{version}"
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(int(time), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "operating-system", "bom-ref": reference, "name": name, "version": version},
        },
        "components": [*debian, *swift],
        "dependencies": [
            {"ref": reference, "dependsOn": [each["purl"] for each in debian]},
            *({"ref": each, "dependsOn": [one["purl"] for one in swift]} for each in own),
        ],
    }
    # The same content has the same number.
    content = json.dumps(document, sort_keys=True)
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}"
    json.dump(document, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
