#ifndef CLINUX_ERRNO_H
#define CLINUX_ERRNO_H

// strerrorname_np(3): `ENODEV`; NULL for an unknown value. Declared only under _GNU_SOURCE.
const char *clinux_errno_name(int code);
// strerrordesc_np(3): `No such device`; NULL for an unknown value. Declared only under _GNU_SOURCE.
const char *clinux_errno_words(int code);

#endif
