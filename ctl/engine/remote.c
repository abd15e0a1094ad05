/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <curl/curl.h>
#include <json-c/json.h>

#include "base/api_key.h"
#include "base/json_strict.h"
#include "base/time_text.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"

#define HEADER_MAX 1024
#define ANSWER_MAX ((size_t)16 * 1024 * 1024) /* no page is larger */
#define DEPTH_MAX 64
#define TAIL_MAX 256 /* of an export: its last line */
#define CONNECT_SECONDS 10L
#define ANSWER_SECONDS 60L /* for all of an answer, but for exports */
#define SILENT_SECONDS 60L /* of an export */

struct remote {
	CURL *curl;
	char *base; /* owned: the URL without a slash at its end */
	char key[API_KEY_TEXT_MAX];
	char error[CURL_ERROR_SIZE];
	/* Of the answer. */
	struct buf text;
	bool to_stdout; /* a success is written out as it comes, and `text` is its end */
	bool stdout_failed;
	char request_id[129];
	long status;
};

/* ---- opening ---- */

static bool
is_loopback(const char *host)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };
	size_t i;

	for (i = 0; i < COUNT_OF(names); i++)
		if (strcmp(host, names[i]) == 0)
			return true;
	return false;
}

/* A key is sent to whoever answers: over TLS, or no further than this machine. */
static const char *
url_fault(CURLU *u, const char *url)
{
	char *scheme = NULL, *host = NULL, *query = NULL, *user = NULL, *fragment = NULL;
	const char *fault = NULL;

	if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		fault = "must be a URL such as https://grants.example.com";
	else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		fault = "must begin with https://";
	else if (strcmp(scheme, "http") == 0 && !is_loopback(host))
		fault = "must begin with https://, as anybody on the way could read the key";
	else if (curl_url_get(u, CURLUPART_QUERY, &query, 0) == CURLUE_OK ||
	    curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK ||
	    curl_url_get(u, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_OK)
		fault = "must have neither a user nor a query nor a fragment";
	curl_free(scheme);
	curl_free(host);
	curl_free(query);
	curl_free(user);
	curl_free(fragment);
	return fault;
}

static enum status
take_url(struct ctl *c, const char *url)
{
	CURLU *u = curl_url();
	const char *fault = u != NULL ? url_fault(u, url) : "cannot be read: out of memory";
	size_t len = strlen(url);

	curl_url_cleanup(u);
	if (fault != NULL) {
		(void)args_fault(&c->args, "--url %s", fault);
		return STATUS_USAGE;
	}
	while (len > 0 && url[len - 1] == '/')
		len--;
	c->remote->base = strndup(url, len);
	return c->remote->base != NULL ? STATUS_DONE : session_refuse(c, "out of memory");
}

/* Up to the end of the line or the file. The length, or -1 with errno set. */
static ssize_t
read_key(const char *path, char text[API_KEY_TEXT_MAX + 2])
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO :
					  open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -1;
	while (len < API_KEY_TEXT_MAX + 1 && n != 0) {
		n = read(fd, text + len, 1);
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0 && text[len++] == '\n')
			n = 0;
	}
	if (fd != STDIN_FILENO)
		(void)close(fd);
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	return n < 0 ? -1 : (ssize_t)len;
}

/* What was read is never quoted: it may be nearly a key. */
static enum status
take_key(struct ctl *c, const char *path)
{
	char text[API_KEY_TEXT_MAX + 2], name[API_KEY_NAME_LEN + 1];
	ssize_t len = read_key(path, text);
	enum status st = STATUS_DONE;

	if (len < 0) {
		st = session_refuse(c, "%s: %s", path, strerror(errno));
	} else if (!api_key_check(text, (size_t)len, name)) {
		st = session_refuse(c, "%s holds no key: its form or its check sum is wrong", path);
	} else {
		memcpy(c->remote->key, text, (size_t)len);
		c->remote->key[len] = '\0';
	}
	explicit_bzero(text, sizeof(text));
	return st;
}

static enum status
take_options(struct ctl *c)
{
	const char *path = args_text(&c->args, "api-key-file");
	enum status st = take_url(c, args_text(&c->args, "url"));

	if (st != STATUS_DONE)
		return st;
	if (path == NULL) {
		(void)args_fault(&c->args, "--url needs --api-key-file");
		return STATUS_USAGE;
	}
	if (args_uuid(&c->args, "tenant") == NULL) {
		(void)args_fault(&c->args, "--url needs --tenant");
		return STATUS_USAGE;
	}
	return take_key(c, path);
}

enum status
remote_open(struct ctl *c)
{
	struct remote *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return session_refuse(c, "out of memory");
	c->remote = r;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (r->curl = curl_easy_init()) == NULL)
		return session_refuse(c, "out of memory");
	return take_options(c);
}

void
remote_close(struct ctl *c)
{
	struct remote *r = c->remote;

	if (r == NULL)
		return;
	curl_easy_cleanup(r->curl);
	curl_global_cleanup();
	explicit_bzero(r->key, sizeof(r->key));
	buf_wipe(&r->text); /* it may hold a new key */
	free(r->base);
	free(r);
	c->remote = NULL;
}

/* ---- paths ---- */

void
remote_path(struct buf *path, const char *text)
{
	buf_adds(path, text);
}

void
remote_path_uuid(struct buf *path, const struct uuid *u)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_print(u, text);
	buf_adds(path, text);
}

void
remote_query(struct ctl *c, struct buf *path, const char *name, const char *value)
{
	char *escaped;

	if (value == NULL)
		return;
	escaped = curl_easy_escape(c->remote->curl, value, 0);
	if (escaped == NULL)
		path->failed = true;
	else
		buf_addf(path, "%c%s=%s", strchr(buf_text(path), '?') != NULL ? '&' : '?', name,
		    escaped);
	curl_free(escaped);
}

void
remote_query_uuid(struct ctl *c, struct buf *path, const char *name, const struct uuid *u)
{
	char text[UUID_TEXT_LEN + 1];

	if (u == NULL)
		return;
	uuid_print(u, text);
	remote_query(c, path, name, text);
}

void
remote_query_time(struct ctl *c, struct buf *path, const char *name, const int64_t *time)
{
	char text[TIME_TEXT_LEN + 1];

	if (time == NULL)
		return;
	if (time_print(*time, text))
		remote_query(c, path, name, text);
	else
		path->failed = true;
}

/* ---- asking ---- */

/* Keep the end of what was written out. */
static void
keep_tail(struct buf *tail, const char *data, size_t len)
{
	buf_add(tail, data, len);
	if (tail->len > TAIL_MAX) {
		memmove(tail->data, tail->data + tail->len - TAIL_MAX, TAIL_MAX);
		tail->len = TAIL_MAX;
	}
}

static size_t
take_body(char *data, size_t size, size_t count, void *of)
{
	struct remote *r = of;
	size_t len = size * count;

	(void)curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &r->status);
	if (r->to_stdout && r->status == 200) {
		r->stdout_failed = fwrite(data, 1, len, stdout) != len;
		keep_tail(&r->text, data, len);
		return r->stdout_failed ? 0 : len;
	}
	if (r->text.len + len > ANSWER_MAX)
		return 0;
	buf_add(&r->text, data, len);
	return r->text.failed ? 0 : len;
}

/* The last X-Request-Id, as grantd makes or takes it. */
static size_t
take_header(char *data, size_t size, size_t count, void *of)
{
	static const char name[] = "x-request-id:";
	struct remote *r = of;
	size_t len = size * count, from = strlen(name), n = 0;

	if (len <= from || strncasecmp(data, name, from) != 0)
		return len;
	while (from < len && data[from] == ' ')
		from++;
	while (from + n < len && n < sizeof(r->request_id) - 1 && data[from + n] > ' ' &&
	    data[from + n] <= '~')
		n++;
	memcpy(r->request_id, data + from, n);
	r->request_id[n] = '\0';
	return len;
}

static bool
add_header(struct curl_slist **headers, const char *name, const char *value)
{
	char line[HEADER_MAX];
	struct curl_slist *more;
	int len = snprintf(line, sizeof(line), "%s: %s", name, value);

	more = len > 0 && (size_t)len < sizeof(line) ? curl_slist_append(*headers, line) : NULL;
	explicit_bzero(line, sizeof(line));
	if (more == NULL)
		return false;
	*headers = more;
	return true;
}

static bool
is_read(const char *method)
{
	return strcmp(method, "GET") == 0;
}

static bool
make_headers(struct ctl *c, const char *method, bool has_body, struct curl_slist **headers)
{
	char tenant[UUID_TEXT_LEN + 1];
	const char *reason = args_text(&c->args, "reason");

	uuid_print(args_uuid(&c->args, "tenant"), tenant);
	return add_header(headers, "X-API-Key", c->remote->key) &&
	    add_header(headers, "X-Tenant-ID", tenant) && add_header(headers, "Expect", "") &&
	    (!has_body || add_header(headers, "Content-Type", "application/json")) &&
	    (is_read(method) || reason == NULL || add_header(headers, "X-Audit-Reason", reason));
}

/* curl_slist_free_all() leaves the key in memory. */
static void
wipe_headers(struct curl_slist *headers)
{
	struct curl_slist *h;

	for (h = headers; h != NULL; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(headers);
}

static bool
prepare(struct ctl *c, const char *method, const char *url, const char *body,
    struct curl_slist *headers)
{
	struct remote *r = c->remote;
	const char *ca = args_text(&c->args, "ca-file");
	CURL *h = r->curl;

	curl_easy_reset(h);
	return curl_easy_setopt(h, CURLOPT_URL, url) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, method) == CURLE_OK &&
	    (body == NULL || curl_easy_setopt(h, CURLOPT_COPYPOSTFIELDS, body) == CURLE_OK) &&
	    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_USERAGENT, "grantctl/" PACKAGE_VERSION) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    (strncmp(url, "https", 5) == 0 ||
		curl_easy_setopt(h, CURLOPT_NOPROXY, "*") == CURLE_OK) &&
	    (ca == NULL || curl_easy_setopt(h, CURLOPT_CAINFO, ca) == CURLE_OK) &&
	    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_TIMEOUT, r->to_stdout ? 0L : ANSWER_SECONDS) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_LOW_SPEED_TIME, SILENT_SECONDS) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, r->error) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_WRITEDATA, r) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	    curl_easy_setopt(h, CURLOPT_HEADERDATA, r) == CURLE_OK;
}

/* Was the request surely not sent? */
static bool
never_sent(CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_OUT_OF_MEMORY:
		return true;
	default:
		return false;
	}
}

static enum status
tell_unknown(struct ctl *c)
{
	c->unknown = true;
	return session_refuse(c, "whether it was done is not known: look before you repeat it");
}

static enum status
tell_broken(struct ctl *c, const char *method, CURLcode code)
{
	struct remote *r = c->remote;

	if (r->stdout_failed) {
		clearerr(stdout);
		return session_refuse(c, "standard output: it cannot be written");
	}
	(void)session_refuse(c, "%s: %s", r->base,
	    r->error[0] != '\0' ? r->error : curl_easy_strerror(code));
	return is_read(method) || never_sent(code) ? STATUS_REFUSED : tell_unknown(c);
}

const char *
remote_text(struct json_object *object, const char *member)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, member, &value) ||
	    !json_object_is_type(value, json_type_string))
		return "";
	return json_object_get_string(value);
}

static void
tell_notices(struct json_object *answer)
{
	struct json_object *notices = NULL;
	size_t i;

	if (!json_object_object_get_ex(answer, "notices", &notices) ||
	    !json_object_is_type(notices, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(notices); i++)
		session_say("  notice: %s\n",
		    json_object_get_string(json_object_array_get_idx(notices, i)));
}

/* What else the error says, such as where a rule does not parse. */
static void
tell_details(struct json_object *answer)
{
	struct json_object *details = NULL;

	if (!json_object_object_get_ex(answer, "details", &details) ||
	    !json_object_is_type(details, json_type_object))
		return;
	json_object_object_foreach(details, name, value)
	{
		if (strcmp(name, "request_id") != 0)
			session_say("  %s: %s\n", name, json_object_get_string(value));
	}
}

/*
 * An answer that is no success, or one that nobody can read. A web server's own errors say the same where nobody
 * knows more; of those that are its own, only refusals and redirections tell that grantd was not asked.
 */
static enum status
tell_error(struct ctl *c, const char *method, struct json_object *answer)
{
	struct remote *r = c->remote;
	const char *code = remote_text(answer, "code");

	if (*code == '\0') {
		(void)session_refuse(c, "%s: status %ld, and no answer of grantd's", r->base,
		    r->status);
		return is_read(method) || (r->status >= 300 && r->status < 500) ? STATUS_REFUSED :
										  tell_unknown(c);
	}
	(void)session_refuse(c, "%ld %s: %s (request %s)", r->status, code,
	    remote_text(answer, "message"), r->request_id[0] != '\0' ? r->request_id : "unknown");
	tell_notices(answer);
	tell_details(answer);
	return strcmp(code, "commit_unknown") == 0 && !is_read(method) ? tell_unknown(c) :
									 STATUS_REFUSED;
}

static enum status
judge(struct ctl *c, const char *method, struct json_object **answer)
{
	struct remote *r = c->remote;
	struct json_fault fault;
	struct json_object *value = NULL;
	bool is_json = r->text.len > 0 &&
	    json_strict_parse(buf_text(&r->text), r->text.len, DEPTH_MAX, &value, &fault);
	enum status st;

	*answer = NULL;
	(void)curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &r->status);
	if ((r->status == 200 || r->status == 201) && is_json &&
	    json_object_is_type(value, json_type_object)) {
		*answer = value;
		return STATUS_DONE;
	}
	if (r->status == 204)
		st = STATUS_DONE;
	else
		st = tell_error(c, method, value);
	json_object_put(value);
	return st;
}

static CURLcode
perform(struct ctl *c, const char *method, const struct buf *path, const char *body)
{
	struct remote *r = c->remote;
	struct curl_slist *headers = NULL;
	struct buf url = BUF_EMPTY;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	buf_wipe(&r->text);
	r->error[0] = r->request_id[0] = '\0';
	r->status = 0;
	buf_addf(&url, "%s%s", r->base, buf_text(path));
	if (!url.failed && !path->failed && make_headers(c, method, body != NULL, &headers) &&
	    prepare(c, method, buf_text(&url), body, headers))
		code = curl_easy_perform(r->curl);
	(void)curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, NULL);
	wipe_headers(headers);
	buf_clear(&url);
	return code;
}

enum status
remote_call(struct ctl *c, const char *method, const struct buf *path, struct json_object *body,
    struct json_object **answer)
{
	const char *text = body != NULL ?
	    json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN) :
	    NULL;
	CURLcode code;

	*answer = NULL;
	code = perform(c, method, path, text);
	json_object_put(body);
	return code == CURLE_OK ? judge(c, method, answer) : tell_broken(c, method, code);
}

/* Its last line: {"complete":true,...} or complete,... */
static bool
says_complete(const struct buf *tail)
{
	const char *text = buf_text(tail), *line = text + tail->len;

	if (tail->len == 0 || line[-1] != '\n')
		return false;
	for (line--; line > text && line[-1] != '\n';)
		line--;
	return strncmp(line, "{\"complete\":true,", 17) == 0 || strncmp(line, "complete,", 9) == 0;
}

enum status
remote_export(struct ctl *c, const struct buf *path)
{
	struct remote *r = c->remote;
	struct json_object *answer = NULL;
	enum status st;
	CURLcode code;

	r->to_stdout = true;
	code = perform(c, "GET", path, NULL);
	r->to_stdout = false;
	if (code != CURLE_OK)
		return tell_broken(c, "GET", code);
	if (r->status == 200)
		return says_complete(&r->text) ?
		    STATUS_DONE :
		    session_refuse(c, "the export ended before it was complete");
	st = judge(c, "GET", &answer);
	json_object_put(answer);
	return st;
}
