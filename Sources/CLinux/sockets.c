#define _GNU_SOURCE
#include "clinux_sockets.h"
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

unsigned clinux_unix_address(struct sockaddr_un *address, const char *path) {
    size_t length = strlen(path);
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (length == 0 || length >= sizeof address->sun_path) return 0;
    memcpy(address->sun_path, path, length);
    if (path[0] != '@') return sizeof *address;
    address->sun_path[0] = '\0';
    return (unsigned)(offsetof(struct sockaddr_un, sun_path) + length);
}

unsigned clinux_abns_address(struct sockaddr_un *address, const char *name) {
    size_t length = strlen(name);
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (length == 0 || length >= sizeof address->sun_path) return 0;
    memcpy(address->sun_path + 1, name, length);
    return sizeof *address;
}

_Static_assert(CLINUX_NODELAY == TCP_NODELAY && CLINUX_QUICKACK == TCP_QUICKACK, "tcp");

void clinux_peer_of(const struct sockaddr_storage *address, struct clinux_peer *peer) {
    peer->family = 0;
    peer->port = 0;
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        memcpy(peer->address, &v4->sin_addr, 4);
        peer->port = ntohs(v4->sin_port);
        peer->family = 4;
    } else if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        peer->port = ntohs(v6->sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
            memcpy(peer->address, v6->sin6_addr.s6_addr + 12, 4);
            peer->family = 4;
        } else {
            memcpy(peer->address, &v6->sin6_addr, 16);
            peer->family = 6;
        }
    }
}

int clinux_accept(int listener, struct clinux_peer *peer) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int accepted = accept4(listener, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) return accepted;
    clinux_peer_of(&address, peer);
    return accepted;
}

int clinux_set_pipe_size(int pipe, int bytes) { return fcntl(pipe, F_SETPIPE_SZ, bytes); }

int clinux_set_nonblocking(int socket) { return fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK); }

int clinux_unsent(int socket) {
    int bytes = 0;
    return ioctl(socket, SIOCOUTQ, &bytes) < 0 ? 0 : bytes;
}

int clinux_socket_error(int socket) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -1;
    return error;
}

int clinux_set_option(int socket, int level, int name, int value) {
    return setsockopt(socket, level, name, &value, sizeof value);
}

long long clinux_peer_user(int socket) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
    return peer.uid;
}
