/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_DB_FIXTURE_H
#define GRANTD_TESTS_DB_FIXTURE_H

/*
 * What tests of the service against a real server share: a tenant with one key (role operator), one grant and one policy
 * without rules, made anew for each test, and requests to dispatch() without FastCGI.
 */

#include "handlers/dispatch.h"
#include "http/request.h"
#include "http/response.h"
#include "tests/db/admin.h"

#define TENANT "11111111-1111-4111-8111-111111111111"
#define OTHER_TENANT "22222222-2222-4222-8222-222222222222"
#define GRANT "44444444-4444-4444-8444-444444444444"
#define POLICY "55555555-5555-7555-8555-555555555555"
#define PERMIT "66666666-6666-7666-8666-666666666666"
#define FORBID "77777777-7777-7777-8777-777777777777"

extern struct response rs;  /* of the last request */
extern const char *key;     /* what is sent as X-API-Key; each test begins with the tenant's */
extern const char *address; /* where requests come from; each test begins with 127.0.0.1 */
extern const char *idempotency_key; /* sent along; NULL: none */

int fixture_setup(void **state);
int fixture_teardown(void **state);
int each_setup(void **state);
int each_teardown(void **state);

#define TEST(f) cmocka_unit_test_setup_teardown(f, each_setup, each_teardown)

/*
 * For tests that fork, before the fixture's setup: memory that all processes share, and time limits under which whoever
 * waits for a row on a busy machine has met no fault. NULL: there is none to be had.
 */
void *fixture_share(size_t size);

/* End the worker and its session, and go on with another. */
void fixture_restart(void);

/* The same, as behind a pooler or not; each test begins without one. */
void fixture_pooler(bool on);

/* End the worker, and go on with another that shares these limits, so many a minute; each test begins without any. */
void fixture_limit(int of_address, int of_name, int of_key);

/* Shares of the workers, borrowed, until the worker ends. */
void fixture_shares(const struct tenant_share *);

/* A forked process needs connections of its own, and leaves its parent's alone. */
void fixture_after_fork(void);

/* Send a request and give back its status; 0: it is to come again. `query` and `body` may be NULL. */
int request(enum http_method method, const char *path, const char *query, const char *body);

/* Switch the auditing of the grant on or off; the status. */
int switch_auditing(bool on);

/* The response's body holds this text, or does not. */
#define assert_body(text) assert_non_null(strstr(buf_text(&rs.body), text))
#define assert_no_body(text) assert_null(strstr(buf_text(&rs.body), text))

/* The text of a string member in the response's body; static memory. */
const char *member(const char *name);

void add_rule(const char *id, const char *text, const char *notice);
void permit(void); /* everything, to operators */

#endif
