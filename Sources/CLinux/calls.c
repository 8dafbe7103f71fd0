#define _GNU_SOURCE
#include "clinux_calls.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

_Static_assert(CLINUX_SYS_CLOSE == SYS_close && CLINUX_SYS_CONNECT == SYS_connect, "numbers");
_Static_assert(CLINUX_SYS_SENDTO == SYS_sendto && CLINUX_SYS_RECVFROM == SYS_recvfrom, "numbers");
_Static_assert(CLINUX_SYS_SHUTDOWN == SYS_shutdown && CLINUX_SYS_SPLICE == SYS_splice, "numbers");
_Static_assert((SPLICE_F_MOVE | SPLICE_F_NONBLOCK) == 3, "splice");

long clinux_fail(long negative_errno) {
    errno = (int)-negative_errno;
    return -1;
}
