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
static inline unsigned long long clinux_atomic_load_wide(const unsigned long long *p) {
    return __atomic_load_n(p, __ATOMIC_RELAXED);
}
static inline void clinux_atomic_add_wide(unsigned long long *p, unsigned long long v) {
    __atomic_fetch_add(p, v, __ATOMIC_RELAXED);
}
// Gives the value before.
static inline unsigned clinux_atomic_exchange(unsigned *p, unsigned v) {
    return __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL);
}
static inline void *clinux_atomic_exchange_pointer(void **p, void *v) {
    return __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL);
}
// Puts `v` on a list whose first entry is `*p`, if that is still `expected`.
static inline int clinux_atomic_replace_pointer(void **p, void *expected, void *v) {
    return __atomic_compare_exchange_n(p, &expected, v, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}
static inline void *clinux_atomic_load_pointer(void *const *p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
// In one order for all threads: who goes to sleep says so and looks again; who frees a place looks who sleeps.
static inline unsigned clinux_ordered_load(const unsigned *p) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }
static inline unsigned clinux_ordered_add(unsigned *p, unsigned v) { return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST); }
static inline unsigned clinux_ordered_subtract(unsigned *p, unsigned v) {
    return __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST);
}
static inline unsigned long long clinux_ordered_load_mask(const unsigned long long *p) {
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}
static inline void clinux_ordered_set_bits(unsigned long long *p, unsigned long long bits) {
    __atomic_fetch_or(p, bits, __ATOMIC_SEQ_CST);
}
static inline unsigned long long clinux_ordered_take_mask(unsigned long long *p) {
    return __atomic_exchange_n(p, 0, __ATOMIC_SEQ_CST);
}

#endif
