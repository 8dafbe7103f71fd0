// The public header of libmnl, as Debian's libmnl-dev installs it.
#include <libmnl/libmnl.h>
