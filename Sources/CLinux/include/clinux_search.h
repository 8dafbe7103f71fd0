#ifndef CLINUX_SEARCH_H
#define CLINUX_SEARCH_H

// memmem(3) is declared only under _GNU_SOURCE: where `part` is first found in `text`, counted from its begin; -1 if it
// is not there.
long clinux_find(const void *text, unsigned long length, const void *part, unsigned long count);

#endif
