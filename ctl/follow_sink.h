/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_FOLLOW_SINK_H
#define GRANTCTL_FOLLOW_SINK_H

#include <openssl/ssl.h>

#include "base/buf.h"
#include "base/compiler.h"

/*
 * Where messages go.
 *
 * None of the protocols has a receiver acknowledge a message. What they have is the end of a connection: a receiver that
 * reads to our end and then ends its own side has read everything (sink_confirm()). A connection that ends in any other
 * way says nothing of what was sent over it. For a local socket and a pipe the system tells what was not read yet.
 *
 * No call waits longer than SINK_WAIT_MS for the other end to move.
 */
#define SINK_WAIT_MS 10000

enum sink_kind {
	SINK_OUTPUT, /* "-": standard output, a line each */
	SINK_TCP,    /* tcp://HOST:PORT */
	SINK_TLS,    /* tls://HOST:PORT */
	SINK_LOCAL   /* unix:PATH, a datagram each */
};

/* How a message is told from the next one on a stream. */
enum sink_framing {
	FRAME_LINE, /* a line feed */
	FRAME_COUNT /* its length in bytes and a blank before it (RFC 6587 section 3.4.1, RFC 5425 section 4.3) */
};

#define SINK_ERROR_MAX 256

struct sink {
	enum sink_kind kind;
	enum sink_framing framing;
	char host[256], port[32]; /* for SINK_LOCAL the path is in host */
	SSL_CTX *tls;             /* NULL: none */
	bool needs_notify;        /* TLS: only a close_notify is the end */
	int fd;                   /* -1: not open */
	SSL *ssl;
	struct buf out;             /* framed, and not sent yet */
	char error[SINK_ERROR_MAX]; /* why the last call failed */
};

/* What of TLS may be chosen; NULL: the system's authorities, and no certificate of our own. */
struct sink_tls {
	const char *ca_file, *cert_file, *key_file;
	bool accept_fin; /* the receiver ends connections without a close_notify */
};

/* "-", tcp://HOST:PORT, tls://HOST:PORT or unix:PATH. False: it is none of these. sink_clear() in any case. */
MUST_CHECK bool sink_parse(struct sink *s, const char *to);

/* Make ready what TLS needs, of a sink that was parsed. False: s->error says what is wrong. */
MUST_CHECK bool sink_make(struct sink *s, const struct sink_tls *);
void sink_clear(struct sink *);

/* Connect. False: s->error; sink_close() is done. */
MUST_CHECK bool sink_open(struct sink *);
bool sink_is_open(const struct sink *);

/* Is the other end still there? It has no reason to say anything or to end the connection. False: s->error. */
MUST_CHECK bool sink_alive(struct sink *);

/* What became of a message. */
enum sent { SENT, SENT_TOO_LONG /* for this sink; nothing was sent */, SENT_NOT /* s->error */ };

/* Send one, or keep it for sink_flush(). */
MUST_CHECK enum sent sink_send(struct sink *, const char *text, size_t len);
MUST_CHECK bool sink_flush(struct sink *);

/* True: the receiver has read all that was sent since sink_open(). A stream is closed after that. False: s->error. */
MUST_CHECK bool sink_confirm(struct sink *);

/* Without a word. */
void sink_close(struct sink *);

/* For the sink's own files. Both fill s->error with what failed, errno or libssl's words. */
bool sink_failed(struct sink *, const char *what);
bool sink_tls_make(struct sink *, const struct sink_tls *);
bool sink_tls_open(struct sink *);
bool sink_tls_write(struct sink *, const char *data, size_t len);
/* Send our end and read the other one's. */
bool sink_tls_end(struct sink *);

#endif
