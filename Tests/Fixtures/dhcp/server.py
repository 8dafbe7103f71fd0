"""A DHCP server for tests: it does what its file says at the moment, leases of some seconds and refusals among it.

    server.py FILE

FILE is JSON: {"interface": NAME, "servers": [{"server": ADDRESS, "address": ADDRESS, "lease": SECONDS, "renew": SECONDS,
"rebind": SECONDS, "router": ADDRESS, "silent": true}]}. Each of the servers answers for itself.
"""
import json
import socket
import struct
import sys

DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6
MASK, ROUTER, ASKED, LIFE, KIND, SERVER, RENEW, REBIND, END = 1, 3, 50, 51, 53, 54, 58, 59, 255
ANYBODY = b"\0" * 4


def options(packet):
    """The options behind the magic cookie (RFC 2132)."""
    result, index = {}, 240
    while index < len(packet) and packet[index] != END:
        if packet[index] == 0:
            index += 1
            continue
        length = packet[index + 1]
        result[packet[index]] = packet[index + 2 : index + 2 + length]
        index += 2 + length
    return result


def answer(server, packet, destination):
    """What one server says to a packet; nothing where it is not asked."""
    given = options(packet)
    kind, own, chosen = given.get(KIND, b"\0")[0], packet[12:16], given.get(SERVER)
    name, lease = socket.inet_aton(server["server"]), socket.inet_aton(server["address"])
    if server.get("silent") or (chosen and chosen != name) or destination not in ("255.255.255.255", server["server"]):
        return None
    if kind == DISCOVER:
        reply = OFFER
    elif kind == REQUEST:
        reply = ACK if (given.get(ASKED) or own) == lease else NAK
    else:
        return None
    given_address = ANYBODY if reply == NAK else lease
    head = struct.pack("!BBBB", 2, 1, 6, 0) + packet[4:8] + b"\0\0\x80\0" + own + given_address + name + ANYBODY
    text = head + packet[28:44] + b"\0" * 192 + packet[236:240] + bytes([KIND, 1, reply, SERVER, 4]) + name
    if reply != NAK:
        for number, key in ((LIFE, "lease"), (RENEW, "renew"), (REBIND, "rebind")):
            text += bytes([number, 4]) + struct.pack("!I", server[key])
        text += bytes([MASK, 4, 255, 255, 255, 0, ROUTER, 4]) + socket.inet_aton(server["router"])
    is_known = own != ANYBODY and reply != NAK
    return text + bytes([END]), socket.inet_ntoa(own) if is_known else "255.255.255.255"


def main(path):
    with open(path, encoding="utf-8") as file:
        interface = json.load(file)["interface"]
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    # Beside a dnsmasq of another interface, which is bound to every address for a moment.
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    # Which address a packet was sent to: struct in_pktinfo.
    door.setsockopt(socket.IPPROTO_IP, 8, 1)
    door.bind(("", 67))
    while True:
        packet, extra, _, _ = door.recvmsg(2048, 64)
        destination = socket.inet_ntoa(extra[0][2][8:12])
        with open(path, encoding="utf-8") as file:
            servers = json.load(file)["servers"]
        for server in servers:
            reply = answer(server, packet, destination) if len(packet) >= 240 and packet[0] == 1 else None
            if reply:
                print(server["server"], {OFFER: "OFFER", ACK: "ACK", NAK: "NAK"}[options(reply[0])[KIND][0]], flush=True)
                door.sendto(reply[0], (reply[1], 68))


main(sys.argv[1])
