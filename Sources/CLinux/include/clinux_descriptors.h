#ifndef CLINUX_DESCRIPTORS_H
#define CLINUX_DESCRIPTORS_H

// Most descriptors of one message (SCM_MAX_FD of the kernel is 253).
enum { CLINUX_DESCRIPTORS_MOST = 250 };

// Sends one byte with `count` descriptors as SCM_RIGHTS; CMSG_* are macros.
int clinux_send_descriptors(int socket, const int *descriptors, int count);
// Receives what clinux_send_descriptors sent, close-on-exec; gives the count, or -1.
int clinux_receive_descriptors(int socket, int *descriptors, int most);

// One message of a stream: `size` bytes with up to 253 descriptors. Bytes sent, or -1.
long clinux_send_message(int socket, const void *bytes, unsigned long size, const int *descriptors, int count);
// What comes next: bytes up to `size`, and descriptors, close-on-exec, up to 253; their number in `count`. Bytes
// received, 0 at the end, or -1.
long clinux_receive_message(int socket, void *bytes, unsigned long size, int *descriptors, int *count);

#endif
