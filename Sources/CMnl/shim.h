// The public header of libmnl, as Debian's libmnl-dev installs it, and the kernel's headers for what it carries.
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
