/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json_build.h"
#include "db/json.h"
#include "handlers/answer.h"
#include "handlers/policy_answer.h"
#include "policy/rule.h"
#include "policy/rule_json.h"

#define POLICY_PATH_MAX 128

void
policy_etag(const struct policy *p, char etag[ETAG_TEXT_MAX])
{
	(void)snprintf(etag, ETAG_TEXT_MAX, "\"%" PRId64 "\"", p->version);
}

void
rule_etag(const struct rule_record *r, char etag[ETAG_TEXT_MAX])
{
	(void)snprintf(etag, ETAG_TEXT_MAX, "\"%" PRId64 "\"", r->version);
}

void
answer_policy_created(struct call *c, const struct policy *p)
{
	char path[POLICY_PATH_MAX], id[UUID_TEXT_LEN + 1], etag[ETAG_TEXT_MAX];

	uuid_print(&p->id, id);
	(void)snprintf(path, sizeof(path), "/v1/policies/%s", id);
	policy_etag(p, etag);
	answer_created(c, path, etag, policy_json(p));
}

void
answer_rule_created(struct call *c, const struct rule_record *r, struct json_object *body)
{
	char path[POLICY_PATH_MAX], policy[UUID_TEXT_LEN + 1], id[UUID_TEXT_LEN + 1];
	char etag[ETAG_TEXT_MAX];

	uuid_print(&r->policy_id, policy);
	uuid_print(&r->id, id);
	(void)snprintf(path, sizeof(path), "/v1/policies/%s/rules/%s", policy, id);
	rule_etag(r, etag);
	answer_created(c, path, etag, body);
}

struct json_object *
policy_item(const struct db_list *list, int i)
{
	struct policy p = policy_at(list, i);

	return policy_json(&p);
}

struct json_object *
rule_item(const struct db_list *list, int i)
{
	struct rule_record r = rule_record_at(list, i);

	return rule_record_json(&r);
}

void
answer_invalid_policy(struct call *c, const struct rule_fault *f, const char *made,
    const char *member)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_int(&b, "line", f->line);
	json_put_int(&b, "column", f->column);
	json_put_text(&b, "expected", f->expected);
	json_put_text(&b, "found", f->found);
	json_put_text(&b, "message", f->message);
	if (made != NULL)
		json_put_text(&b, "policy_text", made);
	if (member != NULL)
		json_put_text(&b, "member", member);
	response_error(c->rs, ERROR_INVALID_POLICY, json_build_end(&b), NULL);
}
