#define _GNU_SOURCE
#include "clinux_epoll.h"
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

_Static_assert(CLINUX_EPOLL_IN == EPOLLIN && CLINUX_EPOLL_OUT == EPOLLOUT && CLINUX_EPOLL_ERR == EPOLLERR, "epoll");
_Static_assert(CLINUX_EPOLL_HUP == EPOLLHUP && CLINUX_EPOLL_RDHUP == EPOLLRDHUP, "epoll");
_Static_assert(CLINUX_EPOLL_EXCLUSIVE == EPOLLEXCLUSIVE, "epoll");

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int clinux_epoll_add_edge(int epoll, int descriptor, unsigned long long tag) {
    return clinux_epoll_add(epoll, descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, tag);
}

int clinux_epoll_add(int epoll, int descriptor, unsigned events, unsigned long long tag) {
    struct epoll_event event = {.events = events, .data.u64 = tag};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int clinux_epoll_remove(int epoll, int descriptor) {
    struct epoll_event unused = {0};
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &unused);
}

int clinux_epoll_wait(int epoll, struct clinux_event *events, int milliseconds) {
    struct epoll_event raw[CLINUX_EVENT_BATCH];
    int count = epoll_wait(epoll, raw, CLINUX_EVENT_BATCH, milliseconds);
    for (int i = 0; i < count; i++) {
        events[i].events = raw[i].events;
        events[i].tag = raw[i].data.u64;
    }
    return count;
}

int clinux_eventfd(int nonblocking) { return eventfd(0, EFD_CLOEXEC | (nonblocking ? EFD_NONBLOCK : 0)); }

int clinux_clock_alarm(void) {
    int descriptor = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (descriptor < 0) return -1;
    // Never, as far as time_t goes.
    struct itimerspec never = {.it_value = {.tv_sec = (time_t)1 << 33}};
    if (timerfd_settime(descriptor, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int clinux_signalfd(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int clinux_signalfd_read(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t size = read(descriptor, &info, sizeof info);
    if (size < 0) return -1;
    return (int)info.ssi_signo;
}
