/* SPDX-License-Identifier: MIT */
/* TLS for syslog, RFC 5425: the receiver's certificate is verified, against its name or address. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "ctl/follow_sink.h"

static bool
tls_failed(struct sink *s, const char *what, int result)
{
	unsigned long code = ERR_get_error();
	long verified = s->ssl != NULL ? SSL_get_verify_result(s->ssl) : X509_V_OK;
	int error = s->ssl != NULL ? SSL_get_error(s->ssl, result) : SSL_ERROR_SSL;

	if (verified != X509_V_OK)
		(void)snprintf(s->error, sizeof(s->error), "%s: the certificate: %s", what,
		    X509_verify_cert_error_string(verified));
	else if (code != 0)
		(void)snprintf(s->error, sizeof(s->error), "%s: %s", what,
		    ERR_reason_error_string(code) != NULL ? ERR_reason_error_string(code) :
							    "TLS failed");
	else if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		(void)snprintf(s->error, sizeof(s->error), "%s: no answer in time", what);
	else
		(void)snprintf(s->error, sizeof(s->error), "%s: %s", what,
		    errno != 0 ? strerror(errno) : "the connection was closed");
	ERR_clear_error();
	return false;
}

static bool
use_files(struct sink *s, const struct sink_tls *t)
{
	if (t->ca_file != NULL ? SSL_CTX_load_verify_file(s->tls, t->ca_file) != 1 :
				 SSL_CTX_set_default_verify_paths(s->tls) != 1)
		return tls_failed(s, "--ca-file", 0);
	if (t->cert_file == NULL)
		return true;
	if (SSL_CTX_use_certificate_chain_file(s->tls, t->cert_file) != 1)
		return tls_failed(s, "--cert-file", 0);
	if (SSL_CTX_use_PrivateKey_file(s->tls, t->key_file, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(s->tls) != 1)
		return tls_failed(s, "--cert-key-file", 0);
	return true;
}

bool
sink_tls_make(struct sink *s, const struct sink_tls *t)
{
	s->needs_notify = !t->accept_fin;
	s->tls = SSL_CTX_new(TLS_client_method());
	if (s->tls == NULL || SSL_CTX_set_min_proto_version(s->tls, TLS1_2_VERSION) != 1)
		return tls_failed(s, "TLS", 0);
	SSL_CTX_set_verify(s->tls, SSL_VERIFY_PEER, NULL);
	return use_files(s, t);
}

/* Whom the certificate must be of. A name is also asked for (SNI), so that a receiver with several shows the right one. */
static bool
expect_peer(struct sink *s)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, s->host, &four) == 1 || inet_pton(AF_INET6, s->host, &six) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s->ssl), s->host) == 1;
	SSL_set_hostflags(s->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(s->ssl, s->host) == 1 &&
	    SSL_set_tlsext_host_name(s->ssl, s->host) == 1;
}

bool
sink_tls_open(struct sink *s)
{
	int result;

	ERR_clear_error();
	errno = 0;
	s->ssl = SSL_new(s->tls);
	if (s->ssl == NULL || SSL_set_fd(s->ssl, s->fd) != 1 || !expect_peer(s))
		return tls_failed(s, "TLS", 0);
	result = SSL_connect(s->ssl);
	return result == 1 || tls_failed(s, "TLS", result);
}

bool
sink_tls_write(struct sink *s, const char *data, size_t len)
{
	size_t written = 0;
	int result;

	ERR_clear_error();
	errno = 0;
	result = len > 0 ? SSL_write_ex(s->ssl, data, len, &written) : 1;
	return result == 1 || tls_failed(s, "sending", result);
}

bool
sink_tls_end(struct sink *s)
{
	int64_t deadline = clock_monotonic_ms() + SINK_WAIT_MS;
	char thrown_away[512];
	int result = 0;

	ERR_clear_error();
	errno = 0;
	if (SSL_shutdown(s->ssl) < 0)
		return tls_failed(s, "closing", -1);
	/* Session tickets may be there to be read, too. */
	while (!(SSL_get_shutdown(s->ssl) & SSL_RECEIVED_SHUTDOWN) &&
	    (result = SSL_read(s->ssl, thrown_away, sizeof(thrown_away))) > 0 &&
	    clock_monotonic_ms() < deadline)
		;
	if (SSL_get_shutdown(s->ssl) & SSL_RECEIVED_SHUTDOWN)
		return true;
	if (result > 0) {
		errno = ETIMEDOUT;
		return sink_failed(s, "the receiver talks, and does not end");
	}
	if (!s->needs_notify && errno == 0) {
		ERR_clear_error(); /* the connection was ended in order, and TLS was not told */
		return true;
	}
	return tls_failed(s, "the receiver ended the connection without a close_notify", result);
}
