#ifndef CLINUX_ATOMICS_H
#define CLINUX_ATOMICS_H

// Atomic operations on raw memory that threads share: Swift's Atomic must be a stored property, and these live in
// tables of plain structs. Inline, because they are on the data path.
static inline unsigned clinux_atomic_load(const unsigned *p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
static inline void clinux_atomic_store(unsigned *p, unsigned v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }
// Gives the value before.
static inline unsigned clinux_atomic_add(unsigned *p, unsigned v) { return __atomic_fetch_add(p, v, __ATOMIC_RELAXED); }
static inline unsigned clinux_atomic_subtract(unsigned *p, unsigned v) {
    return __atomic_fetch_sub(p, v, __ATOMIC_RELAXED);
}
// Gives the value before.
static inline unsigned clinux_atomic_exchange(unsigned *p, unsigned v) {
    return __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL);
}
static inline void *clinux_atomic_exchange_pointer(void **p, void *v) {
    return __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL);
}

#endif
