/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_OPERATION_H
#define GRANTD_HANDLERS_OPERATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api_key.h"
#include "base/body.h"
#include "base/buf.h"
#include "base/operations.h"
#include "base/uuid.h"
#include "db/activity.h"
#include "db/audit_list.h"
#include "db/change.h"
#include "db/grant.h"
#include "db/grant_create.h"
#include "db/key.h"
#include "db/key_record.h"
#include "db/page.h"
#include "db/policy.h"
#include "db/policy_load.h"
#include "db/policy_rule.h"
#include "handlers/dispatch.h"
#include "http/path.h"
#include "http/query.h"
#include "http/request.h"
#include "http/response.h"
#include "policy/decide.h"
#include "policy/guard.h"
#include "policy/rule.h"

struct about;
struct call;
struct fault;
struct json_object;
struct service;

/* Who may call: anyone, or holders of a key in its tenant. */
enum access { ACCESS_PUBLIC, ACCESS_READ, ACCESS_WRITE };

/* What a request is about, which says what is read before it is decided, and which member of call->of it has: see target.c. */
enum target {
	TARGET_NONE,
	TARGET_GRANT,       /* path_id[0] */
	TARGET_GRANTS,      /* none yet, or many */
	TARGET_API_KEY,     /* path_id[0] */
	TARGET_API_KEYS,    /* none yet, or many */
	TARGET_AUDIT_ENTRY, /* path_id[0], read into the list */
	TARGET_AUDIT_LOG,   /* many */
	TARGET_POLICY,      /* path_id[0] */
	TARGET_POLICIES,    /* none yet, or all of the tenant's */
	TARGET_RULE,        /* path_id[1] of policy path_id[0] */
	TARGET_RULES,       /* none yet, or all of policy path_id[0] */
	TARGET_QUESTION     /* what the policies are asked */
};

/* What prepare() made of a request. */
enum prepared {
	PREPARED,
	PREPARED_SAME,    /* all is as asked for: there is nothing to change */
	PREPARED_REFUSED, /* it has answered with an error */
	PREPARED_FAILED   /* out of memory, or a value is not what it was checked to be; logged */
};

#define BODY_SMALL ((size_t)16 * 1024)
#define BODY_LARGE DISPATCH_BODY_MOST

/*
 * One operation, as data. The machine (machine.c) takes a request through every check that this describes, exchanges with
 * the database, and sends only what was committed; the functions do what is left, and none of them begins,
 * exchanges, commits, or sends, but for an export, which goes on after its first batch (audit_export.h), and Readyz.
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
	bool dear; /* that is much: nobody has it read whose key is not known to be the tenant's */
	/*
	 * Writing operations. Tell the policies what the request asks for, beside what target_about() tells of what its path
	 * names. False: out of memory. May be NULL.
	 */
	bool (*about)(struct call *, struct about *);
	/*
	 * Writing operations. What can be made of the request once it is permitted, and before it is sent: ids of what is
	 * new are in call->change already. Called again where the target was read again. May be NULL.
	 */
	enum prepared (*prepare)(struct call *);
	/*
	 * Queue the change, which is one statement, and say where what became of it will be found. Called again where that is not
	 * known, and then has to queue the very same.
	 */
	const enum change *(*change)(struct call *);
	/* prepare() and change() need nothing that is read: they may go before it is. */
	bool direct;
	/* Changes the policies, or ends a key: somebody must be left who may change them again. */
	bool guarded;
	bool two_entries; /* makes one more, of another chain */
	bool unlogged;    /* makes no entry: where nobody knows what became of it, nobody will */
	/* Build the response from what was read and changed: after the commit, and for whatever change() says but what the machine answers itself. */
	void (*answer)(struct call *);
};

/* The request, checked. */
struct call_request {
	const struct request *rq;
	struct path_values path;
	struct uuid path_id[PATH_VALUES_MAX];
	struct query query;
	struct json_object *body; /* owned; NULL: the operation takes none */
	const char *reason;       /* X-Audit-Reason, or NULL */
	struct idempotency once;  /* key NULL: none was sent */
	struct page page;         /* what a list is asked for */
};

/* Who calls. */
struct caller {
	struct uuid tenant;                  /* of X-Tenant-ID */
	char key_name[API_KEY_NAME_LEN + 1]; /* in the key that was sent; "": it is none */
	uint8_t key_hash[KEY_HASH_LEN];
	struct key key; /* owned, or borrowed from what is known of it where nothing was read yet */
	struct policy_rules policies; /* in force in the tenant, where they were read */
	char id[UUID_TEXT_LEN + 1];   /* of the key, as text; "" until it is known */
};

/* The one change of the request. Its ids are made once, so that a call that is repeated is the same call. */
struct call_change {
	struct change_by by;
	struct uuid id;              /* of what is new */
	struct uuid other_entry;     /* where a change makes two entries */
	struct json_object *context; /* owned: what by.context is the text of */
	const enum change *said;     /* NULL: none was sent */
	int64_t seen_version;        /* what by.target_version points at */
	bool rests_on_target;        /* a rule looked at the grant's attributes */
	/* Of the policies: it was undone, as what would be in force is too much, or nobody could have changed it again. */
	bool too_large, locked_out;
	struct guarded in_force;
};

/* A grant, as it was before the change and as it is after it. */
struct of_grant {
	struct grant was, is;
	struct grant_new new; /* what is to be made; its texts are the body's */
	struct uuid request_id;
	struct grant_look look;
	struct activity_receipt receipt;
	struct activity_summary summary;
};

struct of_api_key {
	struct key_record was;
	struct key_rotated is;
	struct key_new new; /* what is to be made; its texts are here and in the body */
	struct key_rotation rotation;
	struct buf roles; /* of the new key */
	uint8_t raw_hash[API_KEY_HASH_LEN];
	char raw[API_KEY_TEXT_MAX]; /* the new key itself: overwritten when the call is over */
	char raw_name[API_KEY_NAME_LEN + 1];
};

struct of_policy {
	struct policy was, is;
	struct rule_record rule_was, rule_is;
	struct rule rule; /* what rule_set.text is the text of */
	struct rule_settings rule_set;
};

struct of_question {
	struct policy_rules rules; /* those in force */
	struct grant grant;
	struct key_record key; /* another one than the caller's */
};

/* A request on its way. Owned by dispatch() (pipeline.c); what the operations see of it they borrow. A zeroed one is empty. */
struct call {
	struct service *service;
	struct db *db;
	const struct operation *op;
	int number; /* of the operation in the list; OPERATION_COUNT where there is none */
	struct response *rs;

	struct call_request request;
	struct caller caller;
	struct decision decision; /* of the tenant's policies */
	struct call_change change;
	bool later;          /* it is to come again; nothing was done, and there is no answer */
	struct db_list list; /* of lists and of the audit log: what was read */
	union {              /* by op->target; its table entry clears it */
		struct of_grant grant;
		struct of_api_key api_key;
		struct of_policy policy;
		struct of_question question;
		struct audit_scan scan; /* of the audit log, where it is exported */
	} of;
};

/* Every operation, in the order of the list. */
extern const struct operation *const operations[OPERATION_COUNT];

#define X(id, file, access, entity) extern const struct operation op_##file;
OPERATIONS(X)
#undef X

/* How routing ended. */
enum route { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

/* Find the operation for a method and path (HEAD is GET); fills call->op and call->request.path. */
enum route route_find(struct call *, enum http_method, const char *path);

/* The methods offered at a path, as in "GET, HEAD, PATCH, OPTIONS". False: none, the path is not ours. */
bool route_methods(const char *path, struct buf *methods, bool *patch);

#endif
