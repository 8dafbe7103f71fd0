#ifndef CLINUX_SOCKETS_H
#define CLINUX_SOCKETS_H

struct sockaddr_un;

// sun_path is a C array, which Swift sees as a tuple of 108 elements. Fills `address` and returns its length, 0 if the
// path is empty or too long. A leading '@' means the abstract namespace.
unsigned clinux_unix_address(struct sockaddr_un *address, const char *path);

// A name of the abstract namespace as HAProxy uses it (`abns@`): padded with zeros to the full length.
unsigned clinux_abns_address(struct sockaddr_un *address, const char *name);

// The other end of an accepted connection. IPv4 in the first four bytes; `family` is 4 or 6, 0 for a unix socket.
struct clinux_peer {
    unsigned char address[16];
    unsigned short port;
    unsigned char family;
};

struct sockaddr_storage;
// Any socket address as a peer.
void clinux_peer_of(const struct sockaddr_storage *address, struct clinux_peer *peer);
// accept4(2) is declared only under _GNU_SOURCE; non-blocking, close-on-exec.
int clinux_accept(int listener, struct clinux_peer *peer);
// fcntl(2) is variadic; F_SETPIPE_SZ is declared only under _GNU_SOURCE.
int clinux_set_pipe_size(int pipe, int bytes);
// fcntl(2) with F_SETFL and O_NONBLOCK.
int clinux_set_nonblocking(int socket);
// ioctl(2) is variadic; SIOCOUTQ: bytes that the peer has not acknowledged, 0 if that cannot be read.
int clinux_unsent(int socket);
// SO_ERROR as a value; -1 if it cannot be read.
int clinux_socket_error(int socket);
// The user of a unix socket's other end (SO_PEERCRED; struct ucred is declared only under _GNU_SOURCE); -1 on failure.
long long clinux_peer_user(int socket);
// setsockopt(2) with an int.
int clinux_set_option(int socket, int level, int name, int value);
enum { CLINUX_NODELAY = 1, CLINUX_QUICKACK = 12 };

#endif
