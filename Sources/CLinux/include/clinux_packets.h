#ifndef CLINUX_PACKETS_H
#define CLINUX_PACKETS_H

// packet(7): <linux/if_packet.h>, <linux/filter.h> and most of <netinet/in.h> are not in Swift's Glibc module.

// Most frames of one call of clinux_send_frames or clinux_receive_frames.
enum { CLINUX_FRAME_BATCH = 128 };

// An instruction of a filter: struct sock_filter.
struct clinux_filter {
    unsigned short code;
    unsigned char jump_true;
    unsigned char jump_false;
    unsigned int value;
};

// A socket for whole frames (SOCK_RAW), non-blocking, close-on-exec; it hears nothing before clinux_packet_listen.
int clinux_packet_socket(void);
// Which frames come in (SO_ATTACH_FILTER); replaces another filter in one step.
int clinux_packet_filter(int socket, const struct clinux_filter *instructions, unsigned count);
// Hears frames of one EtherType on one interface, and sends there.
int clinux_packet_listen(int socket, int interface, unsigned short type);
// Hears every multicast frame of the interface (PACKET_MR_ALLMULTI).
int clinux_packet_all_multicast(int socket, int interface);

// Sends up to CLINUX_FRAME_BATCH frames that lie one after the other (sendmmsg(2) is declared only under _GNU_SOURCE).
// How many went, or -1 if the first did not.
int clinux_send_frames(int socket, const unsigned char *frames, const unsigned *lengths, unsigned count);
// Receives up to CLINUX_FRAME_BATCH frames, each to a slot of `size` bytes (recvmmsg(2)); a frame that is longer than
// its slot gets the length 0. How many, or -1 and EAGAIN.
int clinux_receive_frames(int socket, unsigned char *slots, unsigned size, unsigned *lengths, unsigned count);

// IPV6_JOIN_GROUP and IPV6_LEAVE_GROUP: the kernel tells switches that look (MLD).
int clinux_join_group(int socket, const unsigned char group[16], int interface);
int clinux_leave_group(int socket, const unsigned char group[16], int interface);

#endif
