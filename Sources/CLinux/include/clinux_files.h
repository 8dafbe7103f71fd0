#ifndef CLINUX_FILES_H
#define CLINUX_FILES_H

// open(2) with O_CLOEXEC; the original is variadic.
int clinux_open(const char *path, int flags, unsigned mode);
// O_PATH is declared only under _GNU_SOURCE.
extern const int clinux_o_path;
// openat2(2) with O_CLOEXEC, RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS; the C library does not declare it.
int clinux_open_in(int root, const char *path, int flags);
// pipe2(2) is declared only under _GNU_SOURCE.
int clinux_pipe(int descriptors[2], int flags);
// renameat2(2) with RENAME_EXCHANGE is declared only under _GNU_SOURCE.
int clinux_exchange(const char *a, const char *b);

#endif
