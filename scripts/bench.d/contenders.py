"""What is measured: appliance-proxyd, HAProxy with and without splicing, nginx, and no proxy at all."""

import os
import resource

from world import PORT, PROXY, SERVERS, Daemon, wait_for

# A connection takes two descriptors; HAProxy does not start where the limit is too low for its maxconn.
MOST_CONNECTIONS = min(60000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 2 - 300)

# The shipped configuration: logs go to a sink, checks are on (Sources/FirstBoot/ShippedProxyConfiguration.swift). The
# time-outs of idle clients are long, because that is what is measured.
HEAD = """# _version=1
global
  log stdout format raw local0 info
  maxconn {connections}
  nbthread {threads}

defaults
  mode    tcp
  log     global
  option  tcplog
  option  dontlognull
  option  tcp-smart-accept
  timeout check       5s
  timeout connect     9s
  timeout client      60s
  timeout queue       5m
  timeout server      60s
  timeout tunnel      5m
  timeout client-fin  10s
"""

NGINX = """load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
user root;
worker_processes {threads};
pid {directory}/nginx.pid;
error_log stderr error;
events {{ worker_connections 40000; }}
stream {{
  log_format line '$remote_addr:$remote_port [$time_local] $upstream_addr $session_time $bytes_sent $status';
  access_log /dev/null line;
  tcp_nodelay on;
  upstream servers {{
{servers}
  }}
  server {{ listen {address}:{port}; proxy_pass servers; proxy_connect_timeout 9s; proxy_timeout 60s; }}
}}
"""


def head(threads: int, connections: int) -> str:
    """The configuration without services."""
    return HEAD.format(threads=threads, connections=connections)


def service(name: str, binds: list[str], options: str = "") -> str:
    """A frontend and a backend in the shape that the control plane programs."""
    text = f"\nfrontend {name}\n  mode tcp\n{options}"
    for number, bind in enumerate(binds):
        text += f"  bind {bind} name {name}-{number}\n"
    text += f"  default_backend {name}-servers\n\nbackend {name}-servers\n  mode tcp\n  balance roundrobin\n{options}"
    for number, address in enumerate(SERVERS):
        text += f"  server s{number} {address}:{PORT} check weight 100 verify none\n"
    return text


# HAProxy sets a descriptor aside for the check of each server, and does not start without.
SERVERS_EACH = 3 if MOST_CONNECTIONS > 20000 else 1


def services(count: int, options: str = "") -> str:
    """As the control plane programs them: an address and some servers each. The checks are so far apart that
    thousands of them do not take the whole machine."""
    text = ""
    for i in range(count):
        name = f"domain-c50:b42f9558-a4eb-4e8f-8f0f-9a8f295f0a8e-ns{i}-svc{i}"
        vip = f"127.{10 + i // 62500}.{(i // 250) % 250}.{i % 250 + 1}"
        text += f"frontend {name}\n  mode tcp\n  bind {vip}:6443 name {name}-{vip}:apiserver\n  log-tag {name}\n"
        text += f"  option tcplog\n  use_backend {name}-apiserver if {{ dst_port 6443 }}\n\n"
        text += f"backend {name}-apiserver\n  mode tcp\n  balance roundrobin\n  option tcp-check\n"
        text += f"  log-tag {name}-apiserver\n"
        for address in SERVERS[:SERVERS_EACH]:
            text += f"  server {name}-{address} {address}:{PORT} check inter 20s weight 100 verify none\n"
        text += "\n"
    return text


class Contender:
    """A proxy, or none."""

    def __init__(self, name: str, port: int, program: str | None, options: str = "") -> None:
        self.name = name
        self.port = port
        self.program = program
        self.options = options
        self.daemon: Daemon | None = None
        self.directory = f"/run/{name}"

    @property
    def target(self) -> str:
        return f"{PROXY}:{self.port}" if self.program else f"{SERVERS[0]}:{PORT}"

    @property
    def configuration(self) -> str:
        return f"{self.directory}/proxy.cfg"

    def write(self, text: str) -> None:
        """Replaces the configuration as a whole."""
        os.makedirs(self.directory, exist_ok=True)
        with open(self.configuration + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(self.configuration + ".new", self.configuration)

    def start(self, threads: int, cores: str | None = None, connections: int = 4000) -> None:
        """Starts it and waits until it serves."""
        if not self.program:
            return
        if self.name == "nginx":
            servers = "\n".join(f"    server {address}:{PORT};" for address in SERVERS)
            self.write(
                NGINX.format(
                    threads=threads, directory=self.directory, servers=servers, address=PROXY, port=self.port
                )
            )
        else:
            self.write(head(threads, connections) + service("web", [f"{PROXY}:{self.port}"], self.options))
        self.launch(cores)
        wait_for(PROXY, self.port, self.daemon)

    def launch(self, cores: str | None = None, node: str | None = "proxy") -> None:
        """Starts it on the configuration that is there; without a node in the namespace of this process, with no other
        program before it."""
        if self.name == "nginx":
            words = [self.program, "-c", self.configuration, "-e", "stderr"]
        else:
            words = [self.program, "-W", "-f", self.configuration, "-p", f"{self.directory}/pid"]
            words += ["-S", f"{self.directory}/master.sock"]
        self.daemon = Daemon(node, cores, words, f"{self.directory}/errors")

    def stop(self) -> None:
        if self.daemon:
            self.daemon.stop()
            self.daemon = None


def all_contenders(proxyd: str) -> list[Contender]:
    splice = "  option splice-request\n  option splice-response\n"
    return [
        Contender("ours", 8001, proxyd),
        Contender("haproxy", 8002, "/usr/sbin/haproxy"),
        Contender("splice", 8003, "/usr/sbin/haproxy", splice),
        Contender("nginx", 8004, "/usr/sbin/nginx"),
        Contender("direct", 0, None),
    ]
