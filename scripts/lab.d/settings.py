"""The settings of an OVF environment (XML) or of a properties file (JSON), as the lab needs them.

The lab does not judge them: that is the work of `appliance-net validate`. It only wants addresses it can build from.
"""

import ipaddress
import json
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

OVF = "{http://schemas.dmtf.org/ovf/environment/1}"
ESX = "{http://www.vmware.com/schema/ovfenv}"

# For a properties file that names no adapters, in the order of the appliance's slots.
DEFAULT_MACS = ["00:50:56:01:ab:01", "00:50:56:01:ab:02", "00:50:56:01:ab:03"]


# What DHCP servers of the lab give to an interface without an address, and their own: those of seed 001.
LEASES = {
    "management": ("10.13.10.199/24", "10.13.10.1"),
    "workload": ("10.13.201.10/24", "10.13.201.1"),
    "frontend": ("10.13.200.10/24", "10.13.200.1"),
}


class SettingsError(Exception):
    """Something the lab cannot be built from, in words."""


@dataclass
class Interface:
    """One interface of the appliance: its role, its MAC, and what the properties or a DHCP server give it."""

    role: str
    mac: str
    address: ipaddress.IPv4Interface
    gateway: ipaddress.IPv4Address
    is_leased: bool = False
    address6: ipaddress.IPv6Interface | None = None
    gateway6: ipaddress.IPv6Address | None = None


@dataclass
class Settings:
    """What the lab reads out of the appliance's properties."""

    interfaces: list[Interface]
    ranges: list[ipaddress.IPv4Network]
    additional: list[ipaddress.IPv4Network]
    properties: dict[str, str] = field(repr=False)
    adapters_known: bool

    def interface(self, role: str) -> Interface | None:
        return next((each for each in self.interfaces if each.role == role), None)

    @property
    def vip_role(self) -> str:
        """The network on which VIPs are asked for: frontend, or workload in the two-NIC topology."""
        return "frontend" if self.interface("frontend") else "workload"


def read_ovf(path: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Gives the properties and the adapters as (network name, MAC), in the order of their unit numbers."""
    root = ElementTree.parse(path).getroot()
    properties = {
        each.get(f"{OVF}key", ""): each.get(f"{OVF}value", "") for each in root.iter(f"{OVF}Property")
    }
    adapters = sorted(root.iter(f"{ESX}Adapter"), key=lambda each: int(each.get(f"{ESX}unitNumber", "0")))
    return properties, [(each.get(f"{ESX}network", ""), each.get(f"{ESX}mac", "")) for each in adapters]


def read_json(path: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The same out of a properties file; its `adapters` may be missing."""
    with open(path, encoding="utf-8") as file:
        values = json.load(file)
    adapters = sorted(values.pop("adapters", []), key=lambda each: each.get("unit_number", 0))
    properties = {key: str(value) for key, value in values.items()}
    return properties, [(each.get("network", ""), each["mac"]) for each in adapters]


def macs_by_role(roles: list[str], adapters: list[tuple[str, str]]) -> dict[str, str]:
    """vCenter writes the port group's own name, so only the order is sure; a name that says the role is believed."""
    named = {network.lower(): mac.lower() for network, mac in adapters}
    if all(role in named for role in roles):
        return {role: named[role] for role in roles}
    if len(adapters) < len(roles):
        raise SettingsError(f"{len(adapters)} adapters for {len(roles)} interfaces ({', '.join(roles)})")
    return {role: mac.lower() for role, (_, mac) in zip(roles, adapters)}


def split(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def networks4(text: str) -> list[ipaddress.IPv4Network]:
    """Those of IPv4: the lab avoids them. Its own addresses of IPv6 are the hosts' numbers of IPv4."""
    networks = [ipaddress.ip_network(each) for each in split(text)]
    return [each for each in networks if each.version == 4]


def read(path: str, ovf: bool) -> Settings:
    """Reads FILE. Throws SettingsError, OSError or a parser's error; each says what is wrong."""
    properties, adapters = read_ovf(path) if ovf else read_json(path)
    properties = {key: "" if value == "null" else value.strip() for key, value in properties.items()}

    def get(key: str) -> str:
        return properties.get(key, "")

    roles = ["management", "workload"] + (["frontend"] if get("network.frontend_ip") or len(adapters) > 2 else [])
    macs = macs_by_role(roles, adapters) if adapters else dict(zip(roles, DEFAULT_MACS))
    interfaces = []
    for role in roles:
        address, gateway = get(f"network.{role}_ip"), get(f"network.{role}_gateway")
        is_leased = not address and not gateway
        if is_leased:
            address, gateway = LEASES[role]
        if not address or not gateway:
            raise SettingsError(f"network.{role}_ip and network.{role}_gateway must both be set, or neither: then by DHCP")
        each = Interface(role, macs[role], ipaddress.IPv4Interface(address), ipaddress.IPv4Address(gateway), is_leased)
        if get(f"network.{role}_ip6"):
            each.address6 = ipaddress.IPv6Interface(get(f"network.{role}_ip6"))
            each.gateway6 = ipaddress.IPv6Address(get(f"network.{role}_gateway6"))
        interfaces.append(each)
    return Settings(
        interfaces,
        networks4(get("loadbalance.service_ip_range")),
        networks4(get("network.additional_workload_networks")),
        properties,
        bool(adapters),
    )
