/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_OPERATION_H
#define GRANTD_HANDLERS_OPERATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/body.h"
#include "base/buf.h"
#include "base/operations.h"
#include "base/uuid.h"
#include "db/activity.h"
#include "db/audit.h"
#include "db/audit_list.h"
#include "db/grant.h"
#include "db/grant_create.h"
#include "db/key.h"
#include "db/key_record.h"
#include "db/page.h"
#include "db/policy.h"
#include "db/policy_load.h"
#include "db/policy_rule.h"
#include "http/path.h"
#include "http/query.h"
#include "http/request.h"
#include "http/response.h"
#include "policy/decide.h"

struct call;
struct fault;
struct json_object;
struct service;

/* Who may call: anyone, or holders of a key in its tenant. */
enum access { ACCESS_PUBLIC, ACCESS_READ, ACCESS_WRITE };

/* What the path names, and the pipeline loads (and locks, to write) before the operation runs: see target.c. */
enum target {
	TARGET_NONE,
	TARGET_GRANT,       /* path_id[0] */
	TARGET_API_KEY,     /* path_id[0] */
	TARGET_AUDIT_ENTRY, /* path_id[0], read into the list */
	TARGET_POLICIES,    /* all of the tenant's */
	TARGET_POLICY,      /* path_id[0] */
	TARGET_RULES,       /* all of policy path_id[0] */
	TARGET_RULE         /* path_id[1] of policy path_id[0] */
};

#define BODY_SMALL ((size_t)16 * 1024)
#define BODY_LARGE ((size_t)120 * 1024)

/*
 * One operation, as data. The pipeline (pipeline.c) makes every check that this describes, opens and ends the
 * transaction, and sends only what was committed; the functions do what is left, and none of them
 * begins, commits, or sends.
 */
struct operation {
	const char *id; /* also the action in policies, in the audit log and in the log */
	enum http_method method;
	const char *path; /* a template, see http/path.h; every {placeholder} is a UUID */
	enum access access;
	enum target target;
	const struct body_schema *body; /* NULL: takes none */
	size_t body_max;                /* bytes */
	/* What the schema cannot say of a body that fits it; as in check.h. May be NULL. */
	bool (*check)(struct call *, struct fault *);
	bool idempotent;  /* honours Idempotency-Key */
	bool merge_patch; /* takes application/merge-patch+json too (RFC 7396) */
	const struct query_parameter *query;
	size_t query_count;
	bool paged; /* the query begins with PAGE_QUERY */
	/* What the parameters' types cannot say of a query; as in check.h. May be NULL. */
	bool (*check_query)(struct call *, struct fault *);

	/* Queue what is to be read beside the target. May be NULL. */
	void (*load)(struct call *);
	/*
	 * Writing operations: with the target loaded and locked, queue the change and its audit entry in one statement, and set
	 * call->changing; or queue nothing where all is as asked. DONE, or why not; or answer with an error
	 * and set call->refused, and nothing will be committed.
	 */
	enum outcome (*change)(struct call *);
	/*
	 * change() asks nothing of the loaded target: its statement compares for itself, and takes c->key.stamp along.
	 * Such a change may be sent before the target was seen (direct.c).
	 */
	bool direct;
	/* change() appends no entry to the audit log: where the outcome of its commit is unknown, it stays so. */
	bool unlogged;
	bool makes; /* answer() shows what change() made, which cannot be read back by the path */
	/* Build the response from what was loaded and changed. After a commit. */
	void (*answer)(struct call *);
};

/* A request on its way through the pipeline. Owned by the pipeline; everything in it is borrowed by operations. */
struct call {
	struct service *service;
	struct db *db;
	const struct operation *op;
	const struct request *rq;
	struct response *rs;

	/* The request, checked. */
	struct path_values path;
	struct uuid path_id[PATH_VALUES_MAX];
	struct query query;
	struct uuid tenant;
	uint8_t key_hash[KEY_HASH_LEN];
	struct json_object *body; /* NULL: the operation takes none */
	const char *reason;       /* X-Audit-Reason, or NULL */

	/* From the database. */
	struct key key;
	struct grant grant;   /* TARGET_GRANT: as it was before the change */
	struct grant changed; /* as it is after it, where it was changed */

	struct key_record api_key; /* TARGET_API_KEY */
	struct key_record api_key_changed;
	struct key_record api_key_retired;
	char raw_key[API_KEY_TEXT_MAX]; /* of a new key: overwritten when the call is over */
	char raw_key_name[API_KEY_NAME_LEN + 1];

	struct idempotency idempotency; /* key NULL: none was sent */
	struct first_answer first;      /* to a request with that key */

	struct policy policy; /* TARGET_POLICY, TARGET_RULES */
	struct policy policy_changed;
	struct rule_record rule; /* TARGET_RULE */
	struct rule_record rule_changed;
	struct page page;       /* what a list is asked for */
	struct db_list list;    /* and what there is */
	struct audit_scan scan; /* of the audit log, where it is exported */
	struct activity_receipt receipt;
	struct activity_summary summary;
	struct policy_rules rules;   /* those in force, for operations that ask about them */
	struct key_record other_key; /* another one than the caller's */

	struct decision decision; /* of the tenant's policies */

	/* The change. */
	struct audit_entry entry;
	char actor_id[UUID_TEXT_LEN + 1];
	struct json_object *context; /* what entry.context is the text of */
	bool changing;               /* something was queued that needs its commit */
	bool refused;                /* change() has answered with an error */
	bool unseen;                 /* it was sent before the target was locked */
	bool made;                   /* an earlier attempt was committed after all */
};

/* Every operation, in the order of the list. */
extern const struct operation *const operations[OPERATION_COUNT];

#define X(id, file, access, entity) extern const struct operation op_##file;
OPERATIONS(X)
#undef X

/* How routing ended. */
enum route { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

/* Find the operation for a method and path (HEAD is GET); fills call->op and call->path. */
enum route route_find(struct call *, enum http_method, const char *path);

/* The methods offered at a path, as in "GET, HEAD, PATCH, OPTIONS". False: none, the path is not ours. */
bool route_methods(const char *path, struct buf *methods, bool *patch);

#endif
