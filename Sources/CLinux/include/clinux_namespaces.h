#ifndef CLINUX_NAMESPACES_H
#define CLINUX_NAMESPACES_H

// unshare(CLONE_NEWNET), both declared only under _GNU_SOURCE. Affects the calling thread only.
int clinux_unshare_network(void);
// setns(2) to the network namespace that `path` names. Affects the calling thread only.
int clinux_enter_network(const char *path);

#endif
