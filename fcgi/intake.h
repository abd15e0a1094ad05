/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_INTAKE_H
#define GRANTD_FCGI_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/fastcgi.h"

/*
 * What came of one request, record by record, in whatever pieces it comes: it may stop after any byte
 * and go on later, in another process too (intake_save()). No descriptors and no time here.
 */

/* More than any web server lets a request's head be, with its variables' names. */
#define INTAKE_VARIABLES_MOST ((size_t)256 * 1024)
/* A question about values is a few names. */
#define INTAKE_QUESTION_MOST 1024

enum intake_end {
	INTAKE_MORE,   /* there is more to come */
	INTAKE_WHOLE,  /* all of it came, the end of its body included */
	INTAKE_GONE,   /* its web server gave it up, or left, after its head */
	INTAKE_BROKEN, /* no request: the connection is good for nothing but closing */
	INTAKE_MEMORY  /* likewise, as memory ran out */
};

/* Plain data. */
struct intake_state {
	enum intake_end end;
	bool begun, keep; /* the first record came; the connection is to be kept */
	bool has_head;    /* all variables came */
	bool ended;       /* and the last record of the body, but for its padding */
	bool too_large;   /* the body had more than body_most, and none of it is kept */
	unsigned id;
	int role;
	size_t body_most;

	/* The record that is being read. */
	bool in_record;
	int kind; /* what is done with its content: intake.c's */
	struct fcgi_header record;
	size_t left, padding_left;
	unsigned char head[FCGI_HEADER_LEN]; /* as far as it came */
	size_t head_len;
	unsigned char small[INTAKE_QUESTION_MOST]; /* content that is looked at when it is whole */
	size_t small_len;
};

/* A zeroed one is valid. The owner clears the buffers, and wipes `variables`, which hold the caller's key. */
struct intake {
	struct intake_state s;
	struct buf variables, body;
	struct buf reply; /* records that are to be sent at once: answers to questions, refusals */
};

/* Another request. */
void intake_begin(struct intake *, size_t body_most);

/* How many of the bytes belong to this request: all, unless it came to an end. */
MUST_CHECK size_t intake_take(struct intake *, const unsigned char *bytes, size_t len);

/* Its body is of no use, and taken for too large. */
void intake_drop_body(struct intake *);

/* How much intake_save() writes at most, for bodies of up to `body_most`. */
size_t intake_save_most(size_t body_most);

/* Write what came so far to a place that is aligned for anything. 0: it has no room there. */
MUST_CHECK size_t intake_save(const struct intake *, void *to, size_t most);

/* Go on from there. False: memory ran out. */
MUST_CHECK bool intake_restore(struct intake *, const void *from);

#endif
