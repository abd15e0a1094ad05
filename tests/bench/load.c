/* SPDX-License-Identifier: MIT */
/*
 * Loads an HTTP server on this machine: each connection is kept, has targets of its own, and sends the next request when the
 * last one is answered.  Every answer is checked.
 *
 * usage: load WHAT PORT CONNECTIONS SECONDS FILE
 *
 * WHAT is one of tests/bench/ask.h.  FILE has a target on each line: key, tenant, grant.  They are
 * shuffled, the same way each time, and dealt out to the connections, which take theirs in turn.
 *
 * Prints one line of what was measured, with tabs: good answers, seconds, errors, and of the good ones the median, the 99th
 * percentile and the maximum of the times in microseconds; then this program's processor time, in microseconds.
 * An error is whatever is no good answer: a connection that failed or was closed in between, too, and then
 * another one is made.  The first error is told on standard error.  Ends with 0 whatever the answers were.
 */
#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "tests/bench/ask.h"

#define ANSWER_MAX 65536
#define CONNECTIONS_MAX 1000
#define PATIENCE_NS 30000000000 /* without any answer, it ends */

struct connection {
	size_t next;    /* target, in steps of the number of connections */
	int64_t asked;  /* when, in nanoseconds */
	size_t out_len; /* of the request */
	size_t out_done;
	size_t in_len;
	int fd;           /* -1: none */
	unsigned pass;    /* over its targets */
	uint32_t watched; /* what epoll waits for */
	bool asking;      /* a request is under way */
	char out[ASK_MAX];
	char in[ANSWER_MAX + 1];
};

static const struct ask *ask;
static in_port_t port;
static int poller;
static size_t connection_count;
static struct target *targets; /* the texts are in the file's text, which stays */
static size_t target_count;
static unsigned long serial;
static int64_t end_at; /* no new request from then on */

static struct {
	uint32_t *times; /* microseconds */
	size_t count;
	size_t room;
	size_t errors;
} seen;

static _Noreturn void
die(const char *what)
{
	(void)fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t
now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
note_time(int64_t ns)
{
	if (seen.count == seen.room) {
		seen.room = seen.room == 0 ? 65536 : 2 * seen.room;
		seen.times = realloc(seen.times, seen.room * sizeof(*seen.times));
		if (seen.times == NULL)
			die("realloc");
	}
	seen.times[seen.count++] = (uint32_t)(ns / 1000);
}

static void
note_error(const struct connection *c, const char *what)
{
	if (seen.errors++ == 0)
		(void)fprintf(stderr, "load: %s: grant %s: %.*s\n", what, targets[c->next].grant,
		    (int)(c->in_len < 600 ? c->in_len : 600), c->in);
}

static void
watch(struct connection *c, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = c };

	if (events != c->watched &&
	    epoll_ctl(poller, c->watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, c->fd, &e) != 0)
		die("epoll_ctl");
	c->watched = events;
}

static void
connection_open(struct connection *c)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int on = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		die("connect");
	if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0 ||
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
		die("socket");
	watch(c, EPOLLIN);
}

static void
connection_close(struct connection *c)
{
	(void)close(c->fd);
	c->fd = -1;
	c->watched = 0;
}

static void
connection_send(struct connection *c)
{
	ssize_t n = send(c->fd, c->out + c->out_done, c->out_len - c->out_done, MSG_NOSIGNAL);

	/* What ended the connection is told when it is read from. */
	if (n > 0)
		c->out_done += (size_t)n;
	watch(c, c->out_done < c->out_len ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void
connection_ask(struct connection *c)
{
	if (c->fd < 0)
		connection_open(c);
	c->out_len = ask->make(c->out, &targets[c->next], c->pass, serial++);
	c->out_done = 0;
	c->in_len = 0;
	c->asking = true;
	c->asked = now_ns();
	connection_send(c);
}

/* The request is answered, or lost. */
static void
connection_go_on(struct connection *c)
{
	c->asking = false;
	c->next += connection_count;
	if (c->next >= target_count) {
		c->next %= connection_count;
		c->pass++;
	}
	if (now_ns() < end_at)
		connection_ask(c);
}

static void
connection_lost(struct connection *c, const char *what)
{
	bool asking = c->asking;

	connection_close(c);
	if (!asking)
		return;
	note_error(c, what);
	connection_go_on(c);
}

static void
connection_answered(struct connection *c, const struct http_answer *a)
{
	if (ask->check(a, &targets[c->next], c->pass))
		note_time(now_ns() - c->asked);
	else
		note_error(c, "not the answer");
	if (a->close)
		connection_close(c);
	connection_go_on(c);
}

static void
connection_read(struct connection *c)
{
	ssize_t n = recv(c->fd, c->in + c->in_len, ANSWER_MAX - c->in_len, 0);
	struct http_answer a;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 || !c->asking) {
		connection_lost(c, n < 0 ? strerror(errno) : "closed");
		return;
	}
	c->in_len += (size_t)n;
	switch (http_read(c->in, c->in_len, &a)) {
	case HTTP_MORE:
		if (c->in_len == ANSWER_MAX)
			connection_lost(c, "too long");
		break;
	case HTTP_COMPLETE:
		connection_answered(c, &a);
		break;
	case HTTP_BROKEN:
		connection_lost(c, "no HTTP response");
		break;
	}
}

static bool
any_asking(const struct connection *connections)
{
	size_t i;

	for (i = 0; i < connection_count; i++)
		if (connections[i].asking)
			return true;
	return false;
}

static void
run(struct connection *connections)
{
	struct epoll_event events[64];
	size_t i;

	for (i = 0; i < connection_count; i++) {
		connections[i].fd = -1;
		connections[i].next = i;
		connection_ask(&connections[i]);
	}
	while (any_asking(connections)) {
		int j, n = epoll_wait(poller, events, (int)COUNT_OF(events), PATIENCE_NS / 1000000);

		if (n == 0)
			errno = ETIMEDOUT;
		if (n <= 0 && errno != EINTR)
			die("no answer");
		for (j = 0; j < n; j++) {
			struct connection *c = events[j].data.ptr;

			if ((events[j].events & EPOLLOUT) != 0)
				connection_send(c);
			if ((events[j].events & ~(uint32_t)EPOLLOUT) != 0)
				connection_read(c);
		}
	}
}

static char *
read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (in == NULL || getdelim(&text, &room, '\0', in) <= 0)
		die(path);
	(void)fclose(in);
	return text;
}

static void
add_target(const struct target *t)
{
	/* Doubles at each power of two. */
	if ((target_count & (target_count - 1)) == 0) {
		struct target *more = realloc(targets,
		    (target_count == 0 ? 1 : 2 * target_count) * sizeof(*targets));

		if (more == NULL)
			die("realloc");
		targets = more;
	}
	targets[target_count++] = *t;
}

static void
read_targets(char *text)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
		struct target t = { .key = strsep(&line, "\t") };

		t.tenant = strsep(&line, "\t");
		t.grant = line;
		if (t.grant == NULL || strlen(t.key) + strlen(t.tenant) + strlen(t.grant) > 200) {
			errno = EINVAL;
			die("a line is no target");
		}
		add_target(&t);
	}
}

/* Fisher and Yates; the same order each time, from a linear congruential generator of 64 bits. */
static void
shuffle_targets(void)
{
	uint64_t state = 20261126;
	size_t i, j;

	for (i = target_count; i > 1; i--) {
		struct target t = targets[i - 1];

		state = state * 6364136223846793005 + 1442695040888963407;
		j = (size_t)(state >> 33) % i;
		targets[i - 1] = targets[j];
		targets[j] = t;
	}
}

static int
compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Of sorted times: the smallest that so many hundredths are not above. */
static uint32_t
percentile(unsigned hundredths)
{
	return seen.count == 0 ? 0 : seen.times[(seen.count - 1) * hundredths / 100];
}

/* Of this process so far, in microseconds. */
static int64_t
processor_time(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
report(int64_t took, int64_t processor)
{
	if (seen.count > 0)
		qsort(seen.times, seen.count, sizeof(*seen.times), compare);
	(void)printf("%zu\t%.6f\t%zu\t%u\t%u\t%u\t%lld\n", seen.count, (double)took / 1e9,
	    seen.errors, percentile(50), percentile(99), percentile(100), (long long)processor);
}

static int64_t
number(const char *text, int64_t most)
{
	int64_t n;

	if (!number_parse(&n, text, strlen(text), 1, most)) {
		(void)fprintf(stderr, "load: \"%s\" is no number from 1 to %lld\n", text,
		    (long long)most);
		exit(2);
	}
	return n;
}

int
main(int argc, char *argv[])
{
	static struct connection connections[CONNECTIONS_MAX];
	char *text;
	int64_t start, processor;

	if (argc != 6 || (ask = ask_find(argv[1])) == NULL) {
		(void)fprintf(stderr,
		    "usage: load update|get|record PORT CONNECTIONS SECONDS FILE\n");
		return 2;
	}
	port = (in_port_t)number(argv[2], 65535);
	connection_count = (size_t)number(argv[3], CONNECTIONS_MAX);
	text = read_file(argv[5]);
	read_targets(text);
	shuffle_targets();
	if (target_count < connection_count) {
		(void)fprintf(stderr, "load: %s has fewer targets than connections\n", argv[5]);
		return 2;
	}
	if ((poller = epoll_create1(EPOLL_CLOEXEC)) < 0)
		die("epoll_create1");
	processor = processor_time();
	start = now_ns();
	end_at = start + number(argv[4], 3600) * 1000000000;
	run(connections);
	report(now_ns() - start, processor_time() - processor);
	free(seen.times);
	free(targets);
	free(text);
	return 0;
}
