#ifndef CLINUX_SOCKETS_H
#define CLINUX_SOCKETS_H

struct sockaddr_un;

// sun_path is a C array, which Swift sees as a tuple of 108 elements. Fills `address` and returns its length, 0 if the
// path is empty or too long. A leading '@' means the abstract namespace.
unsigned clinux_unix_address(struct sockaddr_un *address, const char *path);

#endif
