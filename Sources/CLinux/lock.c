#define _GNU_SOURCE
#include "clinux_lock.h"
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

// What the lock guards takes well under a microsecond: a few rounds spare the system call, unless the holder has lost
// its core.
void clinux_lock_slowly(unsigned *lock) {
    for (int round = 0; round < 100; round++) {
        unsigned expected = 0;
        if (__atomic_load_n(lock, __ATOMIC_RELAXED) == 0 &&
            __atomic_compare_exchange_n(lock, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0)
        syscall(SYS_futex, lock, FUTEX_WAIT_PRIVATE, 2, 0, 0, 0);
}

void clinux_wake_one(unsigned *lock) { syscall(SYS_futex, lock, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0); }
