/* rtp_load: sends and receives many RTP streams on one machine and counts what is missing.
 *
 *   rtp_load ADDRESS STREAMS PAYLOAD-TYPE FRAME-BYTES TIMESTAMP-STEP FRAMES-FILE [once SILENCE-BYTE]
 *
 * It binds a UDP socket for each stream on an even port and prints "ports P P P …". Then it obeys lines on stdin:
 *   talk PORT IP PORT   send the frames of the file from our PORT to there, over and over (or once, then silence)
 *   quiet PORT          stop sending
 *   mark                forget what was counted so far
 *   report              print one line a stream: see report() for the columns; then "end"
 * The end of stdin ends it.
 *
 * A sender thread walks through the streams in a fixed order, each at its own point of the 20 ms, so that the load
 * is even but for a grid of 1 ms. The main thread receives, on the same grid: were it woken for each packet, the kernel would
 * charge that to whoever sends, which on a network it does not. Times of arrival are the kernel's. Loss is counted by
 * extended sequence numbers (RFC 3550, appendix A.1 and A.3), jitter as in appendix A.8, in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_NS 20000000LL
/* Packets due within the same millisecond leave together, as a network card with interrupt moderation hands them
 * over; without that, a receiver is woken for every single packet. */
#define SLACK_NS 1000000LL
#define HEADER 12
/* A step in sequence numbers of this size or more is a new stream, not loss. */
#define MOST_DROPOUT 3000
/* Mean absolute A-law sample, of 32768, below which a frame counts as silent. */
#define QUIET 100

struct stream {
    int fd, port;
    struct sockaddr_in to;
    atomic_int talking;
    /* the sender's */
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    long frame, sent, failed;
    /* the receiver's */
    int heard;
    uint32_t source, cycles, first, last_timestamp;
    uint16_t top;
    long received, expected_before, reordered, quiet, sources;
    int64_t first_ns, last_ns, gap_ns;
    double jitter_us;
};

static struct stream *streams;
static int count, payload_type, frame_bytes, step, once, silence_byte;
static unsigned char *frames;
static long frame_count;
static atomic_int ending;
static int linear[256];

/* Reads one packet; `at` becomes its time of arrival. Less than 0 when there is none. */
static ssize_t receive(int fd, unsigned char *packet, size_t size, int64_t *at) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(struct timespec))];
    } control;
    struct iovec into = {packet, size};
    struct msghdr message = {.msg_iov = &into, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t got = recvmsg(fd, &message, 0);
    if (got < 0) return got;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            *at = t.tv_sec * 1000000000LL + t.tv_nsec;
        }
    return got;
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
    fprintf(stderr, "rtp_load: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* The magnitude of every G.711 A-law code, of 32768. */
static void make_table(void) {
    for (int code = 0; code < 256; code++) {
        int value = code ^ 0x55, exponent = (value >> 4) & 7, sample = ((value & 15) << 4) + 8;
        linear[code] = exponent ? (sample + 256) << (exponent - 1) : sample;
    }
}

static void send_frame(struct stream *s, unsigned char *packet) {
    packet[0] = 0x80;
    packet[1] = payload_type | (s->sent ? 0 : 0x80);
    packet[2] = s->sequence >> 8;
    packet[3] = s->sequence;
    for (int i = 0; i < 4; i++) {
        packet[4 + i] = s->timestamp >> (24 - 8 * i);
        packet[8 + i] = s->ssrc >> (24 - 8 * i);
    }
    if (once && s->frame >= frame_count) memset(packet + HEADER, silence_byte, frame_bytes);
    else memcpy(packet + HEADER, frames + s->frame % frame_count * frame_bytes, frame_bytes);
    s->frame++;
    s->sequence++;
    s->timestamp += step;
    if (sendto(s->fd, packet, HEADER + frame_bytes, 0, (void *)&s->to, sizeof s->to) < 0) s->failed++;
    else s->sent++;
}

static void *sender(void *unused) {
    unsigned char packet[2048];
    int64_t start = now_ns();
    for (long round = 0; !ending; round++)
        for (int i = 0; i < count && !ending; i++) {
            int64_t due = start + round * FRAME_NS + FRAME_NS * i / count;
            if (due - now_ns() > SLACK_NS) {
                struct timespec t = {due / 1000000000LL, due % 1000000000LL};
                clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
            }
            if (atomic_load_explicit(&streams[i].talking, memory_order_acquire)) send_frame(&streams[i], packet);
        }
    return unused;
}

/* Packets that the present source has sent, as far as its numbers tell. */
static long expected(const struct stream *s) {
    return s->heard ? (long)(s->cycles + s->top - s->first) + 1 : 0;
}

static void take(struct stream *s, const unsigned char *p, ssize_t size, int64_t at) {
    if (size < HEADER || p[0] >> 6 != 2 || (p[1] >= 200 && p[1] <= 207)) return; /* RTCP (RFC 5761, section 4) */
    uint16_t sequence = p[2] << 8 | p[3];
    uint32_t stamp = (uint32_t)p[4] << 24 | p[5] << 16 | p[6] << 8 | p[7];
    uint32_t source = (uint32_t)p[8] << 24 | p[9] << 16 | p[10] << 8 | p[11];
    uint16_t ahead = sequence - s->top;
    int known = s->heard && source == s->source && (ahead < MOST_DROPOUT || ahead > 65535 - MOST_DROPOUT);
    if (!s->heard) s->first_ns = at;
    if (!known) {
        s->expected_before += expected(s);
        s->source = source;
        s->top = s->first = sequence;
        s->cycles = 0;
        s->sources++;
        s->heard = 1;
    } else {
        if (at - s->last_ns > s->gap_ns) s->gap_ns = at - s->last_ns;
        double moved = (at - s->last_ns) / 1e3 - (int32_t)(stamp - s->last_timestamp) * 125.0; /* 8 kHz */
        s->jitter_us += ((moved < 0 ? -moved : moved) - s->jitter_us) / 16;
        if (ahead == 0 || ahead > 65535 - MOST_DROPOUT) s->reordered++;
        else {
            if (sequence < s->top) s->cycles += 65536;
            s->top = sequence;
        }
    }
    s->last_timestamp = stamp;
    s->last_ns = at;
    s->received++;
    if ((p[1] & 0x7f) == 8) {
        long sum = 0;
        for (ssize_t i = HEADER; i < size; i++) sum += linear[p[i]];
        if (size > HEADER && sum / (size - HEADER) < QUIET) s->quiet++;
    }
}

static void forget(struct stream *s) {
    s->heard = 0;
    s->received = s->expected_before = s->reordered = s->quiet = s->sources = 0;
    s->gap_ns = 0;
    s->jitter_us = 0;
    s->cycles = 0;
}

/* port sent failed received expected reordered quiet sources seconds gap_ms jitter_us */
static void report(void) {
    for (int i = 0; i < count; i++) {
        struct stream *s = &streams[i];
        if (!s->sent && !s->received) continue;
        printf("%d %ld %ld %ld %ld %ld %ld %ld %.3f %.1f %.0f\n", s->port, s->sent, s->failed, s->received,
               s->expected_before + expected(s), s->reordered, s->quiet, s->sources,
               s->heard ? (s->last_ns - s->first_ns) / 1e9 : 0, s->gap_ns / 1e6, s->jitter_us);
    }
    puts("end");
    fflush(stdout);
}

static struct stream *find(int port) {
    for (int i = 0; i < count; i++)
        if (streams[i].port == port) return &streams[i];
    return NULL;
}

static void obey(char *line) {
    int port, remote;
    char address[64];
    struct stream *s;
    if (sscanf(line, "talk %d %63s %d", &port, address, &remote) == 3 && (s = find(port))) {
        atomic_store_explicit(&s->talking, 0, memory_order_release);
        s->to.sin_family = AF_INET;
        s->to.sin_port = htons(remote);
        inet_pton(AF_INET, address, &s->to.sin_addr);
        s->frame = once ? 0 : s->frame;
        atomic_store_explicit(&s->talking, 1, memory_order_release);
    } else if (sscanf(line, "quiet %d", &port) == 1 && (s = find(port))) {
        atomic_store_explicit(&s->talking, 0, memory_order_release);
    } else if (!strcmp(line, "mark")) {
        for (int i = 0; i < count; i++) forget(&streams[i]);
    } else if (!strcmp(line, "report")) report();
}

/* Reads what there is on stdin; returns 0 at its end. */
static int read_commands(void) {
    static char text[1 << 16];
    static size_t have;
    ssize_t got = read(0, text + have, sizeof text - 1 - have);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return 0;
    if (got > 0) have += got;
    text[have] = 0;
    char *line = text, *end;
    while ((end = strchr(line, '\n'))) {
        *end = 0;
        obey(line);
        line = end + 1;
    }
    have -= line - text;
    memmove(text, line, have);
    return 1;
}

/* RTP wants even ports (RFC 3550, section 11); the kernel picks until one is. */
static void open_stream(struct stream *s, const char *address) {
    for (;;) {
        struct sockaddr_in here = {.sin_family = AF_INET};
        socklen_t size = sizeof here;
        int buffer = 1 << 18;
        inet_pton(AF_INET, address, &here.sin_addr);
        s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (s->fd < 0 || bind(s->fd, (void *)&here, size) || getsockname(s->fd, (void *)&here, &size)) die("socket");
        s->port = ntohs(here.sin_port);
        if (s->port % 2 == 0) {
            int on = 1;
            setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
            if (setsockopt(s->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) die("SO_TIMESTAMPNS");
            break;
        }
        close(s->fd);
    }
}

static void read_frames(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    fseek(file, 0, SEEK_END);
    frame_count = ftell(file) / frame_bytes;
    rewind(file);
    frames = malloc(frame_count * frame_bytes + 1);
    if (!frame_count || fread(frames, frame_bytes, frame_count, file) != (size_t)frame_count) die(path);
    fclose(file);
}

int main(int argc, char **argv) {
    if (argc < 7) {
        fputs("usage: see the head of rtp_load.c\n", stderr);
        return 2;
    }
    count = atoi(argv[2]);
    payload_type = atoi(argv[3]);
    frame_bytes = atoi(argv[4]);
    step = atoi(argv[5]);
    once = argc > 8 && !strcmp(argv[7], "once");
    silence_byte = once ? strtol(argv[8], NULL, 0) : 0;
    if (count < 1 || frame_bytes < 1 || frame_bytes > 1400) {
        fputs("rtp_load: streams and frame bytes must be positive, a frame at most 1400 bytes\n", stderr);
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    make_table();
    read_frames(argv[6]);
    streams = calloc(count, sizeof *streams);
    int poll = epoll_create1(0);
    printf("ports");
    for (int i = 0; i < count; i++) {
        struct stream *s = &streams[i];
        open_stream(s, argv[1]);
        s->ssrc = 0x4b000000u + i;
        s->frame = i; /* each its own place in the sound */
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        epoll_ctl(poll, EPOLL_CTL_ADD, s->fd, &event);
        printf(" %d", s->port);
    }
    puts("");
    fflush(stdout);
    fcntl(0, F_SETFL, O_NONBLOCK);
    struct epoll_event commands = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    epoll_ctl(poll, EPOLL_CTL_ADD, 0, &commands);
    pthread_t thread;
    if (pthread_create(&thread, NULL, sender, NULL)) die("pthread_create");
    unsigned char packet[2048];
    while (!ending) {
        struct epoll_event events[256];
        struct timespec grid = {0, SLACK_NS};
        nanosleep(&grid, NULL);
        int ready = epoll_wait(poll, events, 256, 0);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.u32 == UINT32_MAX) {
                if (!read_commands()) ending = 1;
                continue;
            }
            struct stream *s = &streams[events[i].data.u32];
            ssize_t size;
            int64_t at = 0;
            while ((size = receive(s->fd, packet, sizeof packet, &at)) >= 0) take(s, packet, size, at);
        }
    }
    pthread_join(thread, NULL);
    return 0;
}
