"""haproxyadmin: everything that it can ask and order.

usage: admin.py SOCKET MAP ACL
Prints what each call gives. What the moment decides is not shown.
"""
import sys

from haproxyadmin import BACKEND_METRICS, FRONTEND_METRICS, SERVER_METRICS, haproxy

CHANCE = {
    "rate", "rate_max", "conn_rate", "conn_rate_max", "lastchg", "downtime", "check_duration", "ctime", "ttime", "qtime",
    "lastsess", "smax", "rtime", "req_rate_max",
}


def show(name, call):
    try:
        answer = call()
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(f"{name} = {answer!r}")
    return answer


def properties(name, thing):
    """What an object tells of itself."""
    for key in sorted(dir(type(thing))):
        if isinstance(getattr(type(thing), key), property) and key not in ("last_agent_check",):
            show(f"{name}.{key}", lambda: getattr(thing, key))


def metrics(name, thing, keys):
    for key in sorted(set(keys) - CHANCE):
        show(f"{name}[{key}]", lambda: thing.metric(key))


path, map_file, acl_file = sys.argv[1:]
hap = haproxy.HAProxy(socket_file=path)
for name in ("description", "nodename", "maxconn", "ratelimitconn", "ratelimitsess", "ratelimitsslsess", "totalrequests", "requests"):
    show(name, lambda: getattr(hap, name))
show("version", lambda: hap.version.split("-")[0])
show("processes", lambda: (len(hap.processids), int(hap.processids[0]) > 0, int(hap.uptimesec) >= 0, hap.uptime[:3]))
show("Maxsock", lambda: hap.metric("Maxsock") > 0)
show("CurrConns", lambda: hap.metric("CurrConns") >= 0)
show("a metric that is not there", lambda: hap.metric("foo"))
show("frontends", lambda: sorted(f.name for f in hap.frontends()))
show("backends", lambda: sorted(b.name for b in hap.backends()))
show("servers", lambda: sorted(f"{s.backendname}/{s.name}" for s in hap.servers()))
show("servers of b", lambda: sorted(s.name for s in hap.servers(backend="b")))
show("nobody's frontend", lambda: hap.frontend("nobody"))
show("nobody's backend", lambda: hap.backend("nobody"))
show("nobody's server", lambda: hap.server("nobody"))

for frontend in sorted(hap.frontends(), key=lambda f: f.name):
    properties(f"frontend {frontend.name}", frontend)
    metrics(f"frontend {frontend.name}", frontend, FRONTEND_METRICS)
for backend in sorted(hap.backends(), key=lambda b: b.name):
    properties(f"backend {backend.name}", backend)
    metrics(f"backend {backend.name}", backend, BACKEND_METRICS)
    for server in sorted(backend.servers(), key=lambda s: s.name):
        properties(f"server {backend.name}/{server.name}", server)
        metrics(f"server {backend.name}/{server.name}", server, SERVER_METRICS)

frontend = hap.frontend("f")
for order in (
    lambda: frontend.setmaxconn(77), lambda: frontend.maxconn, frontend.disable, lambda: frontend.status,
    frontend.disable, frontend.enable, lambda: frontend.status, frontend.enable,
    lambda: hap.frontend("g").shutdown(), lambda: hap.frontend("g").status,
):
    show("frontend f", order)

server = hap.server("s1", backend="b")[0]
for state in ("maint", "drain", "ready", "down", "up", "stopping", "ready", "enable", "disable", "enable"):
    show(f"setstate {state}", lambda: server.setstate(state))
    show("status", lambda: server.status)
for weight in (5, "50%", 0, "100%", 300):
    show(f"setweight {weight}", lambda: server.setweight(weight))
    show("weight", lambda: server.weight)
show("shutdown", server.shutdown)
server.address = "127.0.0.9"
show("address", lambda: server.address)
server.port = 4321
show("port", lambda: server.port)

for value in (300, 5000):
    show(f"setmaxconn {value}", lambda: hap.setmaxconn(value))
show("maxconn", lambda: hap.maxconn)
for name in ("setratelimitconn", "setratelimitsess", "setratelimitsslsess"):
    show(name, lambda: getattr(hap, name)(1234))
show("rate limits", lambda: (hap.ratelimitconn, hap.ratelimitsess, hap.ratelimitsslsess))

def listed(lines):
    """Without the addresses of entries."""
    return [" ".join(line.split()[1:]) for line in lines]


show("errors", lambda: [line.split("[")[0] for line in hap.errors()[0][1]])
show("show_map", lambda: listed(hap.show_map(map_file)))
show("add_map", lambda: hap.add_map(map_file, "10.0.0.9", "late"))
show("get_map", lambda: hap.get_map(map_file, "10.0.0.9").replace(map_file, ""))
show("set_map", lambda: hap.set_map(map_file, "10.0.0.9", "later"))
show("show_map", lambda: listed(hap.show_map(map_file)))
show("del_map", lambda: hap.del_map(map_file, "10.0.0.9"))
show("del_map again", lambda: hap.del_map(map_file, "10.0.0.9"))
show("clear_map", lambda: hap.clear_map(map_file))
show("show_map", lambda: listed(hap.show_map(map_file)))
show("show_map of none", lambda: hap.show_map("nothing"))
show("show_acl", lambda: listed(hap.show_acl(acl_file)))
show("add_acl", lambda: hap.add_acl(acl_file, "10.2.0.0/16"))
show("get_acl", lambda: hap.get_acl(acl_file, "10.2.3.4").replace(acl_file, ""))
show("del_acl", lambda: hap.del_acl(acl_file, "10.2.0.0/16"))
show("clear_acl", lambda: hap.clear_acl(acl_file))
show("show_acl", lambda: listed(hap.show_acl(acl_file)))
show("clearcounters", lambda: hap.clearcounters())
show("clearcounters all", lambda: hap.clearcounters(all=True))
show("command", lambda: hap.command("show cli level"))
show("totalrequests", lambda: hap.totalrequests)
