#ifndef CLINUX_LOCK_H
#define CLINUX_LOCK_H

// A lock of four bytes in raw memory that threads share: pthread's mutexes are ten times as large and Swift's must be
// stored properties. 0: free, 1: held, 2: held and waited for (U. Drepper, "Futexes Are Tricky", mutex 2).
void clinux_lock_slowly(unsigned *lock);
void clinux_wake_one(unsigned *lock);

static inline void clinux_lock(unsigned *lock) {
    unsigned expected = 0;
    if (!__atomic_compare_exchange_n(lock, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) clinux_lock_slowly(lock);
}
static inline void clinux_unlock(unsigned *lock) {
    if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2) clinux_wake_one(lock);
}

#endif
