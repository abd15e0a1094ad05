/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_ERROR_H
#define GRANTD_HTTP_ERROR_H

/*
 * The one table of errors: X(enumerator, status, code, message).
 * Code and message are part of the published interface; neither tells of the inside.
 */
#define HTTP_ERROR_LIST(X) \
	X(ERROR_NOT_FOUND, 404, "not_found", "There is nothing here that this key may see.") \
	X(ERROR_METHOD_NOT_ALLOWED, 405, "method_not_allowed", \
	    "This path does not offer the method; see Allow.") \
	X(ERROR_DUPLICATE_HEADER, 400, "duplicate_header", \
	    "A request header that may occur once occurs twice.") \
	X(ERROR_UNAUTHENTICATED, 401, "unauthenticated", "A valid X-API-Key is required.") \
	X(ERROR_TOO_MANY_REQUESTS, 429, "too_many_requests", \
	    "Too many keys that are no good, or too many requests; see Retry-After.") \
	X(ERROR_INVALID_TENANT_ID, 400, "invalid_tenant_id", \
	    "X-Tenant-ID is required and must be a UUID.") \
	X(ERROR_TENANT_MISMATCH, 403, "tenant_mismatch", \
	    "The credential belongs to another tenant than X-Tenant-ID.") \
	X(ERROR_INVALID_PARAMETER, 400, "invalid_parameter", "A parameter is malformed.") \
	X(ERROR_UNSUPPORTED_MEDIA_TYPE, 415, "unsupported_media_type", \
	    "The body must be JSON by its Content-Type, and not compressed; what is taken is in the details and headers of this answer.") \
	X(ERROR_BODY_TOO_LARGE, 413, "body_too_large", \
	    "The body is larger than this operation takes.") \
	X(ERROR_INVALID_JSON, 400, "invalid_json", "The body is not strict JSON.") \
	X(ERROR_INVALID_BODY, 422, "invalid_body", "The body does not fit this operation.") \
	X(ERROR_IDEMPOTENCY_MISMATCH, 422, "idempotency_mismatch", \
	    "This Idempotency-Key came with another body before.") \
	X(ERROR_INVALID_POLICY, 422, "invalid_policy", \
	    "The rule is not one that the policy engine takes.") \
	X(ERROR_CONFLICT, 409, "conflict", "There is one with this name already.") \
	X(ERROR_POLICY_LOCKOUT, 409, "policy_lockout", \
	    "After this change no key of the tenant could change policies any more.") \
	X(ERROR_AUDIT_DISABLED, 409, "audit_disabled", \
	    "Auditing of this grant is off; nothing was stored.") \
	X(ERROR_POLICY_DENIED, 403, "policy_denied", "The tenant's policies do not permit this.") \
	X(ERROR_PRECONDITION_FAILED, 412, "precondition_failed", \
	    "If-Match names another version than the current one.") \
	X(ERROR_BODY_TIMEOUT, 408, "body_timeout", "The body did not arrive in time.") \
	X(ERROR_INTERNAL, 500, "internal", "Something went wrong here; nothing was changed.") \
	X(ERROR_UNAVAILABLE, 503, "unavailable", \
	    "The service cannot answer just now; nothing was changed. Try again.") \
	X(ERROR_COMMIT_UNKNOWN, 503, "commit_unknown", \
	    "The connection was lost while committing and the outcome is not known; repeating the request is safe.")

enum http_error {
#define X(id, status, code, message) id,
	HTTP_ERROR_LIST(X)
#undef X
	    HTTP_ERROR__MAX
};

int http_error_status(enum http_error);
const char *http_error_code(enum http_error);
const char *http_error_message(enum http_error);

#endif
