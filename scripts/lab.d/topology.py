"""Turns the appliance's settings into the lab's networks and nodes, and those into `ip -batch` files.

    topology.py LAB_ID (--ovf-env|--properties) FILE DIRECTORY

DIRECTORY gets `topology.json` (what status, the demo and the tests read), `hosts`, `switch.batch`, `dhcp.conf` (of the
gateway's dnsmasq, where an interface has no address), and for each node `nodes/NODE.batch` (`.batch6` for `ip -6`) and
`nodes/NODE.sysctl`.
Nothing secret is written.
"""

import ipaddress
import json
import os
import sys

import settings as settings_file
from settings import Settings, SettingsError

BACKENDS = ["backend1", "backend2", "backend3"]

# Where the clients and the second workload network live, unless the settings use those addresses already.
CLIENT_NETWORK6 = ipaddress.IPv6Network("fd00:13:50::/64")
CLIENT_NETWORKS = ["10.13.50.0/24", "172.31.50.0/24", "192.168.250.0/24"]
SECOND_WORKLOAD_NETWORKS = ["10.13.21.0/24", "172.31.21.0/24", "192.168.251.0/24"]


class Network:
    """One bridge and the addresses on it."""

    def __init__(self, name: str, network: ipaddress.IPv4Network, gateway: ipaddress.IPv4Address) -> None:
        self.name, self.network, self.gateway = name, network, gateway
        self.taken = {gateway}
        self.network6: ipaddress.IPv6Network | None = None
        self.gateway6: ipaddress.IPv6Address | None = None

    def interface(self, address: ipaddress.IPv4Address) -> str:
        self.taken.add(address)
        return f"{address}/{self.network.prefixlen}"

    def interface6(self, address: ipaddress.IPv4Address) -> str | None:
        """The host's number in the network of IPv6, where there is one."""
        if self.network6 is None:
            return None
        number = int(address) - int(self.network.network_address)
        own = self.gateway6 if address == self.gateway else self.network6[number]
        return f"{own}/{self.network6.prefixlen}"

    def free(self, avoid: list[ipaddress.IPv4Network]) -> ipaddress.IPv4Address:
        """The next free address: from .20 on in a small network, from the middle of a large one."""
        small = self.network.prefixlen >= 24
        start = 20 if small and self.network.num_addresses > 24 else self.network.num_addresses // 2 + 1
        for offset in [*range(start, self.network.num_addresses - 1), *range(1, start)]:
            address = self.network[offset]
            if address not in self.taken and not any(address in each for each in avoid):
                return address
        raise SettingsError(f"no free address in {self.network}")


class Node:
    """One namespace: its links (interface name, bridge, MAC), addresses, and further `ip` commands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.links: list[tuple[str, str, str]] = []
        self.addresses: list[tuple[str, str]] = []
        self.addresses6: list[tuple[str, str]] = []
        self.commands: list[str] = []
        self.commands6: list[str] = []
        self.sysctl: list[str] = []

    def attach(self, interface: str, network: Network, address: ipaddress.IPv4Address) -> None:
        self.links.append((interface, network.name, ""))
        self.addresses.append((interface, network.interface(address)))
        if address6 := network.interface6(address):
            self.addresses6.append((interface, address6))

    def batch(self) -> list[str]:
        ups = [f"link set {interface} up" for interface in ["lo", *(name for name, _, _ in self.links)]]
        addresses = [f"addr add {address} dev {name}" for name, address in self.addresses]
        # They are the lab's own to give: nobody else has them.
        addresses += [f"addr add {address} dev {name} nodad" for name, address in self.addresses6]
        return [*addresses, *ups, *self.commands]


def pick(candidates: list[str], used: list[ipaddress.IPv4Network]) -> ipaddress.IPv4Network:
    for candidate in map(ipaddress.IPv4Network, candidates):
        if not any(candidate.overlaps(each) for each in used):
            return candidate
    raise SettingsError(f"none of {', '.join(candidates)} is free beside the networks of the settings")


def networks_of(settings: Settings) -> dict[str, Network]:
    networks = {
        each.role: Network(each.role, each.address.network, each.gateway) for each in settings.interfaces
    }
    for each in settings.interfaces:
        networks[each.role].taken.add(each.address.ip)
        if each.address6:
            networks[each.role].network6, networks[each.role].gateway6 = each.address6.network, each.gateway6
    used = [each.network for each in networks.values()] + settings.ranges
    second = settings.additional[0] if settings.additional else pick(SECOND_WORKLOAD_NETWORKS, used)
    networks["workload2"] = Network("workload2", second, second[1])
    clients = pick(CLIENT_NETWORKS, [*used, second])
    networks["clients"] = Network("clients", clients, clients[1])
    if networks[settings.vip_role].network6:
        networks["clients"].network6, networks["clients"].gateway6 = CLIENT_NETWORK6, CLIENT_NETWORK6[1]
    return networks


def gateway_node(networks: dict[str, Network]) -> Node:
    """Routes between every network but management, and drops what arrives from a side it cannot come from."""
    node = Node("gateway")
    node.sysctl = [
        "net.ipv4.ip_forward = 1",
        "net.ipv4.conf.all.rp_filter = 1",
        "net.ipv4.conf.default.rp_filter = 1",
        "net.ipv4.conf.all.send_redirects = 0",
        "net.ipv4.conf.default.send_redirects = 0",
    ]
    if any(each.network6 for each in networks.values()):
        node.sysctl.append("net.ipv6.conf.all.forwarding = 1")
    for network in networks.values():
        node.attach(network.name, network, network.gateway)
    # Management reaches nothing and is reached by nothing: a reply that leaves there by mistake is lost, not lucky.
    node.commands.append("rule add pref 100 iif management prohibit")
    for name in networks:
        if name != "management":
            node.commands.append(f"rule add pref 101 iif {name} to {networks['management'].network} prohibit")
    if network6 := networks["management"].network6:
        node.commands6.append("rule add pref 100 iif management prohibit")
        node.commands6 += [f"rule add pref 101 iif {name} to {network6} prohibit" for name in networks if name != "management"]
    return node


def appliance_node(settings: Settings) -> Node:
    """Interfaces without addresses, down, and not yet named: first boot must find them."""
    node = Node("appliance")
    order = list(settings.interfaces)
    if settings.adapters_known:
        order.reverse()  # The names say nothing there; the MAC addresses of the adapters do.
    for index, each in enumerate(order):
        node.links.append((f"eth{index}", each.role, each.mac))
    return node


def host(name: str, network: Network, avoid: list[ipaddress.IPv4Network]) -> Node:
    node = Node(name)
    node.attach("eth0", network, network.free(avoid))
    node.commands.append(f"route add default via {network.gateway}")
    if network.gateway6:
        node.commands.append(f"route add default via {network.gateway6}")
    return node


def nodes_of(settings: Settings, networks: dict[str, Network]) -> list[Node]:
    def on(name: str, network: str) -> Node:
        return host(name, networks[network], settings.ranges)

    return [
        gateway_node(networks),
        appliance_node(settings),
        on("control", "management"),
        *(on(name, "workload") for name in BACKENDS),
        on("backend4", "workload2"),
        on("client", "clients"),
        on("client2", settings.vip_role),
    ]


def switch_batch(lab: str, networks: dict[str, Network], nodes: list[Node]) -> list[str]:
    lines = ["link set lo up"]
    for name in networks:
        lines += [f"link add name {name} type bridge mcast_snooping 0", f"link set {name} up"]
    for node in nodes:
        for index, (interface, network, mac) in enumerate(node.links):
            port, address = f"{node.name}.{index}", f" address {mac}" if mac else ""
            lines.append(f"link add name {port} type veth peer name {interface}{address} netns {lab}-{node.name}")
            lines.append(f"link set {port} master {network} up")
    return lines


def dhcp(settings: Settings) -> list[str]:
    """Leases of an hour, each the address that the lab knows the interface by."""
    leased = [each for each in settings.interfaces if each.is_leased]
    lines = ["port=0", "no-ping", "bind-interfaces", "dhcp-authoritative", "except-interface=lo"] if leased else []
    for each in leased:
        lines += [
            f"interface={each.role}",
            f"dhcp-range=set:{each.role},{each.address.network.network_address},static,{each.address.netmask},1h",
            f"dhcp-host={each.mac},{each.address.ip}",
        ]
    return lines


def describe(settings: Settings, networks: dict[str, Network], nodes: list[Node]) -> dict:
    return {
        "networks": {
            name: {"network": str(each.network), "gateway": str(each.gateway)} for name, each in networks.items()
        },
        "nodes": {node.name: {"addresses": dict(node.addresses)} for node in nodes},
        "appliance": [
            {
                "role": each.role,
                "mac": each.mac,
                "address": str(each.address),
                "network": str(each.address.network),
                "gateway": str(each.gateway),
            }
            for each in settings.interfaces
        ],
        "ranges": [str(each) for each in settings.ranges],
        "additional": [str(each) for each in settings.additional],
        "hostname": settings.properties.get("network.hostname", ""),
    }


def hosts(nodes: list[Node], settings: Settings) -> list[str]:
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"]
    for node in nodes:
        lines += [f"{address.split('/')[0]} {node.name}" for _, address in node.addresses[:1]]
    return [*lines, f"{settings.interfaces[0].address.ip} appliance"]


def write(path: str, lines: list[str]) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def main(lab: str, option: str, path: str, directory: str) -> None:
    settings = settings_file.read(path, ovf=option == "--ovf-env")
    networks = networks_of(settings)
    nodes = nodes_of(settings, networks)
    os.makedirs(f"{directory}/nodes", exist_ok=True)
    write(f"{directory}/hosts", hosts(nodes, settings))
    write(f"{directory}/switch.batch", switch_batch(lab, networks, nodes))
    write(f"{directory}/dhcp.conf", dhcp(settings))
    for node in nodes:
        batch = ["link set lo up"] if node.name == "appliance" else node.batch()
        write(f"{directory}/nodes/{node.name}.batch", batch)
        # Where `ip` cannot tell the family by an address.
        write(f"{directory}/nodes/{node.name}.batch6", node.commands6)
        write(f"{directory}/nodes/{node.name}.sysctl", node.sysctl)
    with open(f"{directory}/topology.json", "w", encoding="utf-8") as file:
        json.dump(describe(settings, networks, nodes), file, indent=2)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (SettingsError, OSError, ValueError, settings_file.ElementTree.ParseError) as error:
        sys.exit(f"lab: cannot build a topology from {sys.argv[3]}: {error}")
