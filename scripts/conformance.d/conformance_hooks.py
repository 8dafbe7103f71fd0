"""What makes Schemathesis' requests reach the configuration.

Left to itself it sends versions and names of parents at random, and nearly every write ends at 409 or 404. Three of four
requests are given the version in effect and a parent that is there; the fourth stays as it was made.
"""

import ast
import itertools
import os
import re
import threading

import requests
import schemathesis

# Python before 3.11.9 and 3.12.3 loses count when two threads parse at a time (cpython#106905), as Hypothesis does for its
# descriptions of what it draws.
parse_alone = threading.RLock()
parse = ast.parse


def parse_one_at_a_time(*arguments, **named):
    with parse_alone:
        return parse(*arguments, **named)


ast.parse = parse_one_at_a_time

BASE = os.environ["CONFORMANCE_URL"]
AUTHORIZATION = (os.environ["CONFORMANCE_USER"], os.environ["CONFORMANCE_PASSWORD"])
WRITES = {"POST", "PUT", "DELETE", "PATCH"}
# A section of each kind that lines and objects have their place in.
PARENTS = {
    "frontends": "web", "backends": "web", "defaults": "unnamed_defaults_1", "resolvers": "dns", "peers": "mates",
    "userlists": "people", "mailers_section": "post", "rings": "ring", "log_forwards": "forward",
    "stick_tables": "counts", "stick_table": "counts", "maps": "hosts.map", "map": "hosts.map", "acls": "0", "acl_id": "0",
    "frontend": "web", "backend": "web", "resolver": "dns", "peer_section": "mates", "userlist": "people",
    "log_forward": "forward", "ring": "ring", "named_defaults": "unnamed_defaults_1",
}
counter = itertools.count()
session = requests.Session()
session.auth = AUTHORIZATION


class Version:
    """The version in effect, as the last answer told it: one writes at a time, so that it is still the one."""

    def __init__(self):
        self.number = None
        self.lock = threading.Lock()
        self.own = threading.local()

    def take(self):
        # Without an answer nobody gave it back.
        self.give_back(None)
        self.own.has_it = self.lock.acquire(timeout=60)
        if self.number is None:
            self.number = session.get(f"{BASE}/v2/services/haproxy/configuration/version", timeout=60).json()
        return self.number

    def give_back(self, number):
        if getattr(self.own, "has_it", False):
            self.own.has_it = False
            self.number = number
            self.lock.release()


version = Version()


@schemathesis.hook
def before_call(context, case, kwargs):
    version.give_back(None)
    if next(counter) % 4 == 3 or not re.search("/(configuration|runtime)/", case.path):
        return
    kind = re.search(r"/(?:configuration|runtime)/([^/]+)/\{parent_name\}", case.path)
    if kind and case.path_parameters and kind[1] in PARENTS:
        case.path_parameters["parent_name"] = PARENTS[kind[1]]
    # The parents are to stay.
    if case.method == "DELETE" and (case.path_parameters or {}).get("name") in PARENTS.values():
        case.path_parameters["name"] = "nobody"
    query = case.query
    if not isinstance(query, dict):
        return
    for name, parent in PARENTS.items():
        if name in query:
            query[name] = parent
    kind = query.get("parent_type")
    if "parent_name" in query and isinstance(kind, str) and kind in PARENTS:
        query["parent_name"] = PARENTS[kind]
    if case.method in WRITES:
        query.pop("transaction_id", None)
        query["version"] = version.take()


@schemathesis.hook
def after_call(context, case, response):
    told = response.headers.get("configuration-version")
    version.give_back(int(told[0]) if told else None)
    # Where there is no body there is no type of it, whatever the operation's other answers have.
    if not response.content:
        response.headers.setdefault("content-type", ["application/json"])
