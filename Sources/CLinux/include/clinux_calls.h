#ifndef CLINUX_CALLS_H
#define CLINUX_CALLS_H

// System calls of the data path without the cancellation points that the C library wraps around them in a program with
// threads: two function calls and two atomic operations each, a dozen times for a connection. No thread of ours is ever
// cancelled. They behave as their namesakes in section 2 of the manual: -1 and errno on failure.

// Sets errno; gives -1.
long clinux_fail(long negative_errno);

#if defined(__x86_64__)
enum {
    CLINUX_SYS_CLOSE = 3,
    CLINUX_SYS_CONNECT = 42,
    CLINUX_SYS_SENDTO = 44,
    CLINUX_SYS_RECVFROM = 45,
    CLINUX_SYS_SHUTDOWN = 48,
    CLINUX_SYS_SPLICE = 275,
};

static inline long clinux_call(long number, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return (unsigned long)result > -4096UL ? clinux_fail(result) : result;
}
#elif defined(__aarch64__)
enum {
    CLINUX_SYS_CLOSE = 57,
    CLINUX_SYS_CONNECT = 203,
    CLINUX_SYS_SENDTO = 206,
    CLINUX_SYS_RECVFROM = 207,
    CLINUX_SYS_SHUTDOWN = 210,
    CLINUX_SYS_SPLICE = 76,
};

static inline long clinux_call(long number, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return (unsigned long)x0 > -4096UL ? clinux_fail(x0) : x0;
}
#else
#error "add this architecture's system call numbers"
#endif

static inline long clinux_receive(int socket, void *bytes, long size, int flags) {
    return clinux_call(CLINUX_SYS_RECVFROM, socket, (long)bytes, size, flags, 0, 0);
}

static inline long clinux_send(int socket, const void *bytes, long size, int flags) {
    return clinux_call(CLINUX_SYS_SENDTO, socket, (long)bytes, size, flags, 0, 0);
}

// SPLICE_F_MOVE | SPLICE_F_NONBLOCK.
static inline long clinux_splice(int from, int to, unsigned long size) {
    return clinux_call(CLINUX_SYS_SPLICE, from, 0, to, 0, (long)size, 3);
}

static inline int clinux_shutdown(int socket, int how) {
    return (int)clinux_call(CLINUX_SYS_SHUTDOWN, socket, how, 0, 0, 0, 0);
}

static inline int clinux_close(int descriptor) {
    return (int)clinux_call(CLINUX_SYS_CLOSE, descriptor, 0, 0, 0, 0, 0);
}

static inline int clinux_connect(int socket, const void *address, unsigned length) {
    return (int)clinux_call(CLINUX_SYS_CONNECT, socket, (long)address, length, 0, 0, 0);
}

#endif
