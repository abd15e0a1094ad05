/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_SETTINGS_H
#define GRANTD_BASE_SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/compiler.h"

/*
 * The one table of settings. Each is an environment variable, and a NAME=value line in the optional
 * file named by GRANTD_CONFIG or --config; the environment wins over the file.
 *
 * In the file, blanks around name and value are dropped, quotes mean nothing special, and a line
 * that is empty or begins with '#' is a comment. A name that is unknown or comes twice is refused.
 * In the environment, unknown names are left alone: others may use GRANTD_… too; settings_mistaken() tells those that
 * look like a typing mistake. Values are UTF-8 without control characters.
 *
 * TEXT(field, NAME, default, SECRET or PUBLIC, help)
 * NUMBER(field, NAME, default, least, most, unit, help)
 * CHOICE(field, NAME, default, "a|b|c", help): the field is the index of the word
 */
#define SETTINGS_LIST(TEXT, NUMBER, CHOICE) \
	TEXT(database, "GRANTD_DATABASE", "", SECRET, \
	    "libpq connection string; empty: libpq's own PG* variables") \
	CHOICE(pooler, "GRANTD_POOLER", "none", "none|transaction", \
	    "transaction: PgBouncer in transaction mode is in front of the database") \
	CHOICE(allow_async_commit, "GRANTD_ALLOW_ASYNC_COMMIT", "no", "no|yes", \
	    "yes: serve where synchronous_commit is off, local or remote_write, too") \
	NUMBER(connect_timeout, "GRANTD_CONNECT_TIMEOUT", 3000, 100, 60000, "ms", \
	    "longest wait for a database connection") \
	NUMBER(statement_timeout, "GRANTD_STATEMENT_TIMEOUT", 5000, 10, 60000, "ms", \
	    "longest run of one statement") \
	NUMBER(lock_timeout, "GRANTD_LOCK_TIMEOUT", 2000, 10, 60000, "ms", \
	    "longest wait for a row that another request holds") \
	TEXT(listen, "GRANTD_LISTEN", "", PUBLIC, \
	    "socket path or HOST:PORT; empty: descriptor 0 or systemd's socket") \
	TEXT(listen_mode, "GRANTD_LISTEN_MODE", "0660", PUBLIC, "mode of the Unix socket, octal") \
	TEXT(listen_group, "GRANTD_LISTEN_GROUP", "", PUBLIC, \
	    "group of the Unix socket; empty: the process's own") \
	NUMBER(listen_backlog, "GRANTD_LISTEN_BACKLOG", 511, 1, 65535, "connections", \
	    "length of the queue of the socket") \
	TEXT(status_listen, "GRANTD_STATUS_LISTEN", "", PUBLIC, \
	    "where metrics and status are told: a socket's path, http://127.0.0.1:PORT, or both") \
	NUMBER(kept_connections, "GRANTD_KEPT_CONNECTIONS", 1024, 0, 16384, "connections", \
	    "connections that web servers may keep open between requests; 0: none") \
	NUMBER(waiting_requests, "GRANTD_WAITING_REQUESTS", 256, 0, 4096, "requests", \
	    "requests that may wait for the rest of them without a worker") \
	NUMBER(workers, "GRANTD_WORKERS", 4, 0, 1024, "processes", \
	    "worker processes; 0: serve in this one process") \
	NUMBER(tenant_workers, "GRANTD_TENANT_WORKERS", 0, 0, 1024, "processes", \
	    "workers that may have one tenant's requests in hand; 0: half of them") \
	NUMBER(tenant_wait, "GRANTD_TENANT_WAIT", 1000, 0, 60000, "ms", \
	    "how long a request may wait for one of them") \
	NUMBER(max_requests, "GRANTD_MAX_REQUESTS", 1000000, 0, 1000000000, "requests", \
	    "a worker retires after about this many; 0: never") \
	NUMBER(peer_timeout, "GRANTD_PEER_TIMEOUT", 2000, 50, 60000, "ms", \
	    "longest wait for a request's head, and for more of its body") \
	NUMBER(body_timeout, "GRANTD_BODY_TIMEOUT", 10000, 50, 300000, "ms", \
	    "longest time for a whole body to arrive") \
	NUMBER(request_timeout, "GRANTD_REQUEST_TIMEOUT", 30000, 1000, 600000, "ms", \
	    "a worker that is busy with one request for longer is replaced") \
	NUMBER(stop_timeout, "GRANTD_STOP_TIMEOUT", 6000, 100, 600000, "ms", \
	    "how long workers may finish what they have in hand when stopping") \
	NUMBER(memory_limit, "GRANTD_MEMORY_LIMIT", 512, 0, 65536, "MiB", \
	    "address space of a worker; 0: no limit") \
	NUMBER(policy_memory, "GRANTD_POLICY_MEMORY", 64, 1, 4096, "MiB", \
	    "compiled policies that a worker keeps, of all tenants together") \
	NUMBER(limit_address, "GRANTD_LIMIT_ADDRESS", 300, 0, 60000, "failures", \
	    "keys that are no good, from one address in a minute; 0: any number") \
	NUMBER(limit_name, "GRANTD_LIMIT_NAME", 60, 0, 60000, "failures", \
	    "keys that are no good, with one key's name in a minute; 0: any number") \
	NUMBER(limit_key, "GRANTD_LIMIT_KEY", 0, 0, 60000, "requests", \
	    "requests of one key in a minute; 0: any number") \
	TEXT(base_path, "GRANTD_BASE_PATH", "", PUBLIC, \
	    "what the web server's mount puts before /v1, such as /api") \
	TEXT(cors_origins, "GRANTD_CORS_ORIGINS", "", PUBLIC, \
	    "origins that browsers may call from, separated by spaces; empty: none") \
	TEXT(log_file, "GRANTD_LOG_FILE", "", PUBLIC, \
	    "file to log to, or syslog; empty: standard error") \
	CHOICE(log_format, "GRANTD_LOG_FORMAT", "text", "text|json", \
	    "json: each line of the log is an object") \
	NUMBER(log_slow, "GRANTD_LOG_SLOW", 1000, 0, 300000, "ms", \
	    "a request that takes longer is a warning; 0: none is") \
	CHOICE(log_level, "GRANTD_LOG_LEVEL", "info", "error|warning|info|debug", \
	    "least severe level that is logged")

enum { POOLER_NONE, POOLER_TRANSACTION };
enum { ASYNC_COMMIT_NO, ASYNC_COMMIT_YES };

struct settings {
#define TEXT(field, name, initial, secret, help) char *field; /* owned, never NULL */
#define NUMBER(field, name, initial, least, most, unit, help) int field;
#define CHOICE(field, name, initial, words, help) int field;
	SETTINGS_LIST(TEXT, NUMBER, CHOICE)
#undef TEXT
#undef NUMBER
#undef CHOICE
};

#define SETTINGS_ERROR_MAX 512

/*
 * Fill *s from the defaults, the file and the environment. `file` is NULL for GRANTD_CONFIG's, if
 * any. False, with a sentence naming the setting, the place and what was expected in `error`, when
 * a value is not one, a line is malformed, a name in the file is unknown, or the file cannot be
 * read; *s is then empty. Secrets are never quoted in the sentence.
 */
MUST_CHECK bool settings_load(struct settings *s, const char *file, char error[SETTINGS_ERROR_MAX]);

/* Told a sentence, without a newline, for each problem. */
typedef void settings_teller(void *of, const char *sentence);

/*
 * The same, and go on after each problem: each is told, and *s has the values that are good, for further checks. False: there was
 * one. *s is to be cleared in any case; its texts are NULL where not even the defaults could be had.
 */
MUST_CHECK bool settings_examine(struct settings *s, const char *file, settings_teller *tell,
    void *of);

/*
 * Tell, a sentence each, the variables of the environment that are no setting and nearly one: GRANTD_DATABSE. Values are
 * not looked at.
 */
void settings_mistaken(settings_teller *tell, void *of);

/* Set one from text, as a command line option does; the same checks and sentences. */
MUST_CHECK bool settings_set(struct settings *s, const char *name, const char *value,
    const char *where, char error[SETTINGS_ERROR_MAX]);

/* Print every setting with its value (secrets as "(set)"), or with its default and help. */
void settings_print(const struct settings *s, FILE *);
void settings_help(FILE *);

/* Overwrites secrets. */
void settings_clear(struct settings *s);

#endif
