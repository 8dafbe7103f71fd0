"""A DHCPv6 server for tests (RFC 8415), with leases of some seconds: it gives one address to whoever asks, and has a client
that holds another one begin anew.

    server6.py INTERFACE ADDRESS SECONDS
"""
import ipaddress
import socket
import struct
import sys

SOLICIT, ADVERTISE, REQUEST, CONFIRM, RENEW, REBIND, REPLY = 1, 2, 3, 4, 5, 6, 7
CLIENT, SERVER, ASSOCIATION, ADDRESS, STATUS = 1, 2, 3, 5, 13
SUCCESS, NOT_ON_LINK = 0, 4
# A DUID-LL.
OWN = bytes.fromhex("00030001025445535406")


def option(number, value):
    return struct.pack("!HH", number, len(value)) + value


def options(data):
    """Pairs of number and value."""
    result, index = [], 0
    while index + 4 <= len(data):
        number, length = struct.unpack_from("!HH", data, index)
        result.append((number, data[index + 4 : index + 4 + length]))
        index += 4 + length
    return result


def answer(packet, address, seconds):
    """None where it is not asked."""
    given = options(packet[4:])
    chosen = [value for number, value in given if number == SERVER]
    if packet[0] not in (SOLICIT, REQUEST, CONFIRM, RENEW, REBIND) or (chosen and chosen[0] != OWN):
        return None
    text = bytes([ADVERTISE if packet[0] == SOLICIT else REPLY]) + packet[1:4] + option(SERVER, OWN)
    for number, value in given:
        if number == CLIENT:
            text += option(CLIENT, value)
        if number == ASSOCIATION:
            held = [inner[:16] for kind, inner in options(value[12:]) if kind == ADDRESS]
            if packet[0] == CONFIRM:
                text += option(STATUS, struct.pack("!H", SUCCESS if held == [address] else NOT_ON_LINK))
            elif packet[0] == REBIND and held != [address]:
                # Another server's; this one knows nothing of it.
                return None
            else:
                times = struct.pack("!II", seconds // 4, seconds // 2)
                life = option(ADDRESS, address + struct.pack("!II", seconds, seconds))
                text += option(ASSOCIATION, value[:4] + times + life)
    return text


def main(interface, address, seconds):
    door = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    group = socket.inet_pton(socket.AF_INET6, "ff02::1:2") + struct.pack("@I", socket.if_nametoindex(interface))
    door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
    door.bind(("::", 547))
    while True:
        packet, peer = door.recvfrom(2048)
        reply = answer(packet, ipaddress.IPv6Address(address).packed, int(seconds)) if len(packet) > 4 else None
        if reply:
            door.sendto(reply, peer)


main(*sys.argv[1:])
