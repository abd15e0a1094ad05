/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_REMOTE_H
#define GRANTCTL_ENGINE_REMOTE_H

#include "ctl/engine/command.h"
#include "ctl/engine/table.h"

struct json_object;
struct remote;

/* The options of commands that can also be asked over HTTP, by who has a key of the tenant and no database. */
#define OPTIONS_REMOTE \
	{ .name = "url", \
		.value = "URL", \
		.help = "ask grantd there, https://HOST or with a path, and not the database" }, \
	    { .name = "api-key-file", \
		    .value = "FILE", \
		    .type = VALUE_FILE, \
		    .help = "with --url: the file that holds the key; - for standard input" }, \
	{ \
		.name = "ca-file", .value = "FILE", .type = VALUE_FILE, \
		.help = "with --url: the certificates to trust, and not the system's" \
	}

/*
 * Make c->remote of --url, --api-key-file and --tenant; nothing is connected yet. On failure, which is reported, there is none.
 * remote_close() in any case, which overwrites the key.
 */
MUST_CHECK enum status remote_open(struct ctl *);
void remote_close(struct ctl *);

/*
 * What is asked: a path below the mount, with its query. Values are encoded; one that is NULL is left out. Sticky: running out of memory
 * turns up in remote_call(). Clear it with buf_clear().
 */
void remote_path(struct buf *path, const char *text);
void remote_path_uuid(struct buf *path, const struct uuid *);
void remote_query(struct ctl *, struct buf *path, const char *name, const char *value);
void remote_query_uuid(struct ctl *, struct buf *path, const char *name, const struct uuid *);
void remote_query_time(struct ctl *, struct buf *path, const char *name, const int64_t *);

/*
 * Ask. `body` is released; NULL: there is none. STATUS_DONE, with *answer what is the caller's to release, or NULL where there
 * is none (204). Otherwise what went wrong is on standard error, and *answer NULL; c->unknown says that it is not known whether a change was made.
 */
MUST_CHECK enum status remote_call(struct ctl *, const char *method, const struct buf *path,
    struct json_object *body, struct json_object **answer);

/* GET an export, which goes to standard output as it comes. Fails if it does not say that it is complete. */
MUST_CHECK enum status remote_export(struct ctl *, const struct buf *path);

/* How a member of an answer is shown. */
enum show {
	SHOW_TEXT, /* texts and numbers; arrays with blanks between, objects as JSON */
	SHOW_ID,
	SHOW_TIME,
	SHOW_SWITCH, /* on, off */
	SHOW_YES     /* yes, no */
};

/* A column of a list, or a line of what is shown alone; `member` may be one of a member: "resource.type". */
struct shown {
	const char *name, *member;
	enum show as;
};

/* Print an answer that is one thing, and release it. */
MUST_CHECK enum status remote_show(struct ctl *, const struct shown *, int fields,
    struct json_object *);

/* Print the objects of an array, a row each; it stays the caller's. Fails where memory does. */
MUST_CHECK enum status remote_table(struct ctl *, const struct shown *, int columns,
    struct json_object *rows);

/* Print all rows of a list, or the newest --limit, page by page. */
MUST_CHECK enum status remote_list(struct ctl *, const struct shown *, int columns,
    const struct buf *path);

/* All rows of a list as one array, for who goes on with it. NULL, with the reason reported, where that failed. */
MUST_CHECK enum status remote_rows(struct ctl *, const struct buf *path, struct json_object **rows);

/* The text of a member of an object; "" where it is none. Borrowed. */
const char *remote_text(struct json_object *, const char *member);

#endif
