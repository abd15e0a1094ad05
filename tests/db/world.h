/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_DB_WORLD_H
#define GRANTD_TESTS_DB_WORLD_H

#include "http/request.h"
#include "http/response.h"

/*
 * For tests that send requests through the whole pipeline to a real server, without FastCGI: a tenant with a key of role
 * "operator", to which its one policy permits everything, and with a grant whose auditing is off. Any failure here
 * fails the test.
 */
#define WORLD_TENANT "11111111-1111-4111-8111-111111111111"
#define WORLD_GRANT "44444444-4444-4444-8444-444444444444"
#define WORLD_OTHER_GRANT "44444444-4444-4444-8444-444444444445"
#define WORLD_POLICY "55555555-5555-7555-8555-555555555555"

/* For cmocka: connect as GRANTD_TEST_ADMIN says; and before each test make that world anew, with a worker in it. */
int world_open(void **state);
int world_close(void **state);
int world_begin(void **state);
int world_end(void **state);

/* A process that was forked needs connections of its own, and must not use its parent's. */
void world_after_fork(void);

/* End the worker and its session, and begin with another. */
void world_restart(void);

/* Run SQL as the superuser; gives the first column of the first row, in static memory. */
const char *world_sql(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Send a request; gives the status. The answer is in world_answer until the next one. */
int world_ask(enum http_method method, const char *path, const char *query, const char *body);
extern struct response world_answer;

/* The text of the last answer's body. */
const char *world_body(void);

/* Switch the grant's auditing on or off; gives the status. */
int world_switch(bool on);

/* Another rule for the policy, known from the next request on. */
void world_rule(const char *effect, const char *text);

#define assert_sql(value, ...) assert_string_equal(world_sql(__VA_ARGS__), value)

#endif
