#define _GNU_SOURCE
#include "clinux_descriptors.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

int clinux_send_descriptors(int socket, const int *descriptors, int count) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * CLINUX_DESCRIPTORS_MOST)];
        struct cmsghdr aligned;
    } control;
    if (count < 1 || count > CLINUX_DESCRIPTORS_MOST) {
        errno = EINVAL;
        return -1;
    }
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes};
    message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
    memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
    return (int)sendmsg(socket, &message, MSG_NOSIGNAL);
}

int clinux_receive_descriptors(int socket, int *descriptors, int most) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * CLINUX_DESCRIPTORS_MOST)];
        struct cmsghdr aligned;
    } control;
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes};
    message.msg_controllen = sizeof control.bytes;
    ssize_t size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (size < 0) return -1;
    if (size == 0) {
        errno = ECONNRESET;
        return -1;
    }
    int count = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int found = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < found && count < most; i++)
            memcpy(&descriptors[count++], CMSG_DATA(header) + sizeof(int) * (size_t)i, sizeof(int));
    }
    return count;
}

// SCM_MAX_FD of the kernel.
enum { MOST = 253 };

long clinux_send_message(int socket, const void *bytes, unsigned long size, const int *descriptors, int count) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * MOST)];
        struct cmsghdr aligned;
    } control;
    if (count < 0 || count > MOST) {
        errno = EINVAL;
        return -1;
    }
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    memset(&control, 0, sizeof control);
    if (count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

long clinux_receive_message(int socket, void *bytes, unsigned long size, int *descriptors, int *count) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * MOST)];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes};
    message.msg_controllen = sizeof control.bytes;
    *count = 0;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int found = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < found && *count < MOST; i++)
            memcpy(&descriptors[(*count)++], CMSG_DATA(header) + sizeof(int) * (size_t)i, sizeof(int));
    }
    return received;
}
