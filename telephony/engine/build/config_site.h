/* Limits of pjproject for an exchange instead of a telephone. script/build-pjsua2 copies this file to
 * pjlib/include/pj/config_site.h; a change here changes the key of the cached wheel. */

/* Two legs per bridged call: 1024 legs are 512 calls, about what one process carries. */
#define PJSUA_MAX_CALLS 1024
#define PJSUA_MAX_ACC 512
#define PJSUA_MAX_PLAYERS 1024
#define PJSUA_MAX_RECORDERS 1024
/* Ports of the conference bridge: every leg, player and recorder holds one. */
#define PJSUA_MAX_CONF_PORTS 4096

/* Each leg opens two sockets (RTP and RTCP). */
#define PJ_IOQUEUE_MAX_HANDLES 8192
#define PJ_IOQUEUE_MAX_EVENTS_IN_SINGLE_POLL 64

#define PJSIP_MAX_TSX_COUNT 8191
#define PJSIP_MAX_DIALOG_COUNT 8191
#define PJSIP_MAX_TRANSPORTS 1024
/* Bytes. A burst of INVITEs waits in the kernel instead of being lost. */
#define PJSIP_UDP_SO_RCVBUF_SIZE 4194304
#define PJSIP_UDP_SO_SNDBUF_SIZE 1048576

#define PJMEDIA_HAS_VIDEO 0
/* Level 5 and up print whole packets; they are not compiled in. */
#define PJ_LOG_MAX_LEVEL 4

/* Milliseconds. The default counts in 8 kHz samples, so that a digit at 48 kHz would last 33 ms. */
#define PJMEDIA_DTMF_DURATION_MSEC 160
/* The default shifts G.722 by 2 bits on one side only: 6 dB too loud. */
#define PJMEDIA_G722_DEFAULT_PCM_SHIFT 1
#define PJMEDIA_CODEC_OPUS_DEFAULT_SAMPLE_RATE 16000
#define PJMEDIA_CODEC_OPUS_DEFAULT_COMPLEXITY 1

/* Packets. After so many in a row from elsewhere a stream would go there, and ten are sent between two of a phone's:
 * any stranger could have the sound of a call sent to themselves. Where the first packet of a stream comes from still
 * counts, for phones behind a NAT of their own. */
#define PJMEDIA_RTP_NAT_PROBATION_CNT 1000000
#define PJMEDIA_RTCP_NAT_PROBATION_CNT 1000000
