#define _GNU_SOURCE
#include "clinux_packets.h"
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

_Static_assert(sizeof(struct clinux_filter) == sizeof(struct sock_filter), "filter");

int clinux_packet_socket(void) { return socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

int clinux_packet_filter(int socket, const struct clinux_filter *instructions, unsigned count) {
    struct sock_fprog program = {.len = (unsigned short)count, .filter = (struct sock_filter *)instructions};
    return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int clinux_packet_listen(int socket, int interface, unsigned short type) {
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(type),
        .sll_ifindex = interface,
    };
    return bind(socket, (struct sockaddr *)&address, sizeof address);
}

int clinux_packet_all_multicast(int socket, int interface) {
    struct packet_mreq request = {.mr_ifindex = interface, .mr_type = PACKET_MR_ALLMULTI};
    return setsockopt(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request);
}

int clinux_send_frames(int socket, const unsigned char *frames, const unsigned *lengths, unsigned count) {
    struct mmsghdr messages[CLINUX_FRAME_BATCH];
    struct iovec parts[CLINUX_FRAME_BATCH];
    if (count > CLINUX_FRAME_BATCH) count = CLINUX_FRAME_BATCH;
    memset(messages, 0, count * sizeof messages[0]);
    for (unsigned i = 0; i < count; i++) {
        parts[i] = (struct iovec){.iov_base = (void *)frames, .iov_len = lengths[i]};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        frames += lengths[i];
    }
    return sendmmsg(socket, messages, count, MSG_DONTWAIT);
}

int clinux_receive_frames(int socket, unsigned char *slots, unsigned size, unsigned *lengths, unsigned count) {
    struct mmsghdr messages[CLINUX_FRAME_BATCH];
    struct iovec parts[CLINUX_FRAME_BATCH];
    if (count > CLINUX_FRAME_BATCH) count = CLINUX_FRAME_BATCH;
    memset(messages, 0, count * sizeof messages[0]);
    for (unsigned i = 0; i < count; i++) {
        parts[i] = (struct iovec){.iov_base = slots + (size_t)i * size, .iov_len = size};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int received = recvmmsg(socket, messages, count, MSG_DONTWAIT, NULL);
    for (int i = 0; i < received; i++)
        lengths[i] = messages[i].msg_hdr.msg_flags & MSG_TRUNC ? 0 : messages[i].msg_len;
    return received;
}

static int change_group(int socket, int option, const unsigned char group[16], int interface) {
    struct ipv6_mreq request = {.ipv6mr_interface = (unsigned)interface};
    memcpy(&request.ipv6mr_multiaddr, group, sizeof request.ipv6mr_multiaddr);
    return setsockopt(socket, IPPROTO_IPV6, option, &request, sizeof request);
}

int clinux_join_group(int socket, const unsigned char group[16], int interface) {
    return change_group(socket, IPV6_JOIN_GROUP, group, interface);
}

int clinux_leave_group(int socket, const unsigned char group[16], int interface) {
    return change_group(socket, IPV6_LEAVE_GROUP, group, interface);
}
