"""Copies of a published specification what the served one has.

usage: served.py PUBLISHED SERVED; the document goes to standard output. Ends with 1 if the served specification has an
operation that the published one has not.
"""

import json
import sys

published, served = (json.load(open(name)) for name in sys.argv[1:3])
paths = {}
strange = []
for path, item in served["paths"].items():
    for method in item:
        found = published["paths"].get(path, {})
        if method in found:
            kept = paths.setdefault(path, {key: found[key] for key in found if key == "parameters"})
            kept[method] = found[method]
        # What is below a path is listed at every level here, at some there; our own extensions are below /appliance.
        elif not ("health" in path or path.count("/") <= 3 or path.startswith("/appliance")):
            strange.append(f"{method} {path}")
if strange:
    print("not in the published specification:", *strange, sep="\n  ", file=sys.stderr)
published["paths"] = paths
# Files are bytes; refusals to give them are JSON, which OpenAPI 2 cannot say of one answer alone.
for item in paths.values():
    for operation in item.values():
        if isinstance(operation, dict) and "application/octet-stream" in operation.get("produces", []):
            operation["produces"].append("application/json")
# `allOf` of schemas that each forbid what the others have allows nothing at all: the published `bind` and `server` are
# such. Generators of Go, for which they were written, take no notice.
for schema in list(published["definitions"].values()):
    for part in schema.get("allOf", []):
        part.pop("additionalProperties", None)
        schema.pop("additionalProperties", None)
        if "$ref" in part:
            published["definitions"][part["$ref"].rsplit("/", 1)[1]].pop("additionalProperties", None)
json.dump(published, sys.stdout)
sys.exit(1 if strange else 0)
