#define _GNU_SOURCE
#include "clinux_search.h"
#include <string.h>

long clinux_find(const void *text, unsigned long length, const void *part, unsigned long count) {
    const char *found = memmem(text, length, part, count);
    return found ? (long)(found - (const char *)text) : -1;
}
