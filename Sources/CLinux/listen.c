#define _GNU_SOURCE
#include "clinux_listen.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(CLINUX_TCP_MAXSEG == TCP_MAXSEG && CLINUX_TCP_KEEPIDLE == TCP_KEEPIDLE, "tcp");
_Static_assert(CLINUX_TCP_KEEPINTVL == TCP_KEEPINTVL && CLINUX_TCP_KEEPCNT == TCP_KEEPCNT, "tcp");
_Static_assert(CLINUX_TCP_DEFER_ACCEPT == TCP_DEFER_ACCEPT && CLINUX_TCP_FASTOPEN == TCP_FASTOPEN, "tcp");
_Static_assert(CLINUX_TCP_USER_TIMEOUT == TCP_USER_TIMEOUT, "tcp");
_Static_assert(CLINUX_IP_FREEBIND == IP_FREEBIND && CLINUX_IP_TRANSPARENT == IP_TRANSPARENT, "ip");
_Static_assert(CLINUX_IP_BIND_ADDRESS_NO_PORT == IP_BIND_ADDRESS_NO_PORT, "ip");
_Static_assert(CLINUX_IPV6_FREEBIND == IPV6_FREEBIND && CLINUX_IPV6_TRANSPARENT == IPV6_TRANSPARENT, "ipv6");

int clinux_local_address(int socket, struct clinux_peer *address) {
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    if (getsockname(socket, (struct sockaddr *)&name, &length) < 0) return -1;
    clinux_peer_of(&name, address);
    return 0;
}

int clinux_set_reset_on_close(int socket, int on) {
    struct linger linger = {.l_onoff = on, .l_linger = 0};
    return setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

int clinux_socket_in_namespace(const char *path, int family, int type) {
    int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (own < 0) return -1;
    int other = open(path, O_RDONLY | O_CLOEXEC);
    int made = -1;
    if (other >= 0 && setns(other, CLONE_NEWNET) == 0) {
        made = socket(family, type, 0);
        int error = errno;
        // A thread in the wrong namespace would bind everything else there as well.
        if (setns(own, CLONE_NEWNET) != 0) abort();
        errno = error;
    }
    int error = errno;
    if (other >= 0) close(other);
    close(own);
    errno = error;
    return made;
}

int clinux_is_routed_here(const struct sockaddr *place) {
    if (place->sa_family != AF_INET6) return 0;
    struct {
        struct nlmsghdr header;
        struct rtmsg route;
        struct rtattr attribute;
        struct in6_addr address;
    } request = {
        .header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST},
        .route = {.rtm_family = AF_INET6, .rtm_dst_len = 128},
        .attribute = {.rta_len = RTA_LENGTH(sizeof request.address), .rta_type = RTA_DST},
        .address = ((const struct sockaddr_in6 *)place)->sin6_addr,
    };
    int kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (kernel < 0) return 0;
    struct {
        struct nlmsghdr header;
        struct rtmsg route;
        char attributes[1024];
    } answer;
    ssize_t count = -1;
    if (send(kernel, &request, sizeof request, 0) == sizeof request) count = recv(kernel, &answer, sizeof answer, 0);
    close(kernel);
    return count >= (ssize_t)NLMSG_LENGTH(sizeof answer.route) && answer.header.nlmsg_type == RTM_NEWROUTE &&
           answer.route.rtm_type == RTN_LOCAL;
}

int clinux_refuse_new(int listener, int on) {
    int none = 0;
    if (!on) return setsockopt(listener, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none);
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),   // the flags of TCP
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof program[0], .filter = program};
    return setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}
