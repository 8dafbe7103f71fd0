#ifndef CLINUX_PROCESSES_H
#define CLINUX_PROCESSES_H

// WIFEXITED and its kin are macros. 0-255: the exit status; 256 + n: ended by signal n.
int clinux_wait_status(int status);

// Gives up root for good: chroot(2) if `root` is not NULL (declared only outside strict POSIX), then no supplementary
// groups, then group, then user. A step that fails gives -1 and errno, and its name in `step`.
int clinux_drop_privileges(const char *root, unsigned user, unsigned group, const char **step);

#endif
