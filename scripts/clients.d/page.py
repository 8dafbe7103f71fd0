"""haproxy-stats: the page's CSV by HTTP.

usage: page.py HOST:PORT [USER PASSWORD]
"""
import json
import sys

from haproxystats import HAProxyServer

CHANCE = {"rate", "rate_max", "conn_rate", "conn_rate_max", "lastchg", "downtime", "check_duration", "smax", "lastsess",
          "req_rate", "req_rate_max", "bin", "bout", "ctime", "ttime", "rtime", "qtime", "ctime_max", "ttime_max"}

server = HAProxyServer(*sys.argv[1:])
print("failed", server.failed)
if not server.failed:
    for name, services in sorted(json.loads(server.to_json())[server.name].items()):
        for service in services:
            for part in [service] + service.pop("listeners", []):
                values = {key: value for key, value in part.items() if key not in CHANCE and key != "proxy_name" and not isinstance(value, list)}
                print(name, json.dumps(values, sort_keys=True))
