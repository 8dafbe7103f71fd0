#ifndef CLINUX_SPAWN_H
#define CLINUX_SPAWN_H

// posix_spawn(3) in a session of its own (POSIX_SPAWN_SETSID is declared only under _GNU_SOURCE), in /, with default
// signals, standard error thrown away. 0 or an errno value.
int clinux_spawn_session(const char *path, char *const arguments[], int input, int output);

#endif
