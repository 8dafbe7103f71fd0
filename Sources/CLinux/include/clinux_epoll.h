#ifndef CLINUX_EPOLL_H
#define CLINUX_EPOLL_H

// <sys/epoll.h>, <sys/eventfd.h>, <sys/signalfd.h> and <sys/timerfd.h> are not in Swift's Glibc module. struct epoll_event is packed on
// some architectures, so events are copied into this one.
struct clinux_event {
    unsigned events;
    unsigned long long tag;
};

enum {
    CLINUX_EPOLL_IN = 0x001,
    CLINUX_EPOLL_OUT = 0x004,
    CLINUX_EPOLL_ERR = 0x008,
    CLINUX_EPOLL_HUP = 0x010,
    CLINUX_EPOLL_RDHUP = 0x2000,
    CLINUX_EPOLL_EXCLUSIVE = 1 << 28,
};

// Most events that one wait gives.
enum { CLINUX_EVENT_BATCH = 256 };

int clinux_epoll_create(void);
// IN | OUT | RDHUP, edge triggered: all that a relayed connection ever asks for.
int clinux_epoll_add_edge(int epoll, int descriptor, unsigned long long tag);
// Level triggered.
int clinux_epoll_add(int epoll, int descriptor, unsigned events, unsigned long long tag);
int clinux_epoll_remove(int epoll, int descriptor);
// `events` has room for CLINUX_EVENT_BATCH.
int clinux_epoll_wait(int epoll, struct clinux_event *events, int milliseconds);

// eventfd(2), non-blocking or not, close-on-exec.
int clinux_eventfd(int nonblocking);
// A timerfd that can be read (read(2) fails with ECANCELED) when CLOCK_REALTIME was set: timerfd_create(2).
int clinux_clock_alarm(void);
// signalfd(2) for a set of `count` signals, which are blocked in the calling thread (sigset_t macros).
int clinux_signalfd(const int *signals, int count);
// The next signal of a signalfd; -1 and EAGAIN if there is none.
int clinux_signalfd_read(int descriptor);

#endif
