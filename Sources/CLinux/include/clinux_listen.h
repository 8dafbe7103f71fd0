#ifndef CLINUX_LISTEN_H
#define CLINUX_LISTEN_H

#include "clinux_sockets.h"

struct sockaddr;

// <netinet/tcp.h> and most of <netinet/in.h> are not in Swift's Glibc module.
enum {
    CLINUX_TCP_MAXSEG = 2,
    CLINUX_TCP_KEEPIDLE = 4,
    CLINUX_TCP_KEEPINTVL = 5,
    CLINUX_TCP_KEEPCNT = 6,
    CLINUX_TCP_DEFER_ACCEPT = 9,
    CLINUX_TCP_USER_TIMEOUT = 18,
    CLINUX_TCP_FASTOPEN = 23,
    CLINUX_IP_FREEBIND = 15,
    CLINUX_IP_TRANSPARENT = 19,
    CLINUX_IP_BIND_ADDRESS_NO_PORT = 24,
    CLINUX_IPV6_FREEBIND = 78,
    CLINUX_IPV6_TRANSPARENT = 75,
};

// The address a connection was made to (getsockname(2)), in the form of clinux_accept: IPv4-mapped is IPv4.
int clinux_local_address(int socket, struct clinux_peer *address);
// SO_LINGER with a time of 0: closing sends a reset. With `on` 0, as ever.
int clinux_set_reset_on_close(int socket, int on);
// socket(2) in the network namespace that `path` names (setns(2) is declared only under _GNU_SOURCE). The calling thread
// is back in its own when this returns.
int clinux_socket_in_namespace(const char *path, int family, int type);

// Whether packets for the IPv6 address in `place` are routed to this machine, as `ip -6 route get` says: the macros of
// rtnetlink(7) are not in Swift. 0 where they are not, or that cannot be told.
int clinux_is_routed_here(const struct sockaddr *place);

// A listening socket of TCP takes no new connection any more: a filter (SO_ATTACH_FILTER; macros) drops what begins one,
// and nothing else. Who is in the queue, or in the middle of the handshake, gets in; who comes later tries again in a
// second, and finds the port closed. With `on` 0 it takes them again.
int clinux_refuse_new(int listener, int on);

#endif
