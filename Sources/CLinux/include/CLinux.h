// Shims for what Swift cannot import from the C library: macros, variadic functions, and functions that glibc declares
// only under _GNU_SOURCE (the importer reads headers without it). Declared here with plain types, defined in the .c
// file of the same topic, so that no system header is imported twice under other settings. Every symbol is prefixed
// `clinux_`; each has its reason. Nothing else lives here.
#ifndef CLINUX_H
#define CLINUX_H

#include "clinux_atomics.h"
#include "clinux_calls.h"
#include "clinux_descriptors.h"
#include "clinux_epoll.h"
#include "clinux_errno.h"
#include "clinux_files.h"
#include "clinux_listen.h"
#include "clinux_lock.h"
#include "clinux_namespaces.h"
#include "clinux_packets.h"
#include "clinux_processes.h"
#include "clinux_search.h"
#include "clinux_sockets.h"
#include "clinux_spawn.h"

#endif
