/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/field.h"
#include "base/resource.h"
#include "base/words.h"

enum type {
	AWS_ACCOUNT,
	AWS_PERMISSION_SET,
	AWS_S3_BUCKET,
	AWS_RDS_INSTANCE,
	AWS_EC2_INSTANCE,
	AWS_ORGANIZATIONAL_UNIT
};

/* Sets of characters. */
enum {
	DIGIT = 1,
	LOWER = 2,
	UPPER = 4,
	HEX = 8,
	DOT = 16,
	HYPHEN = 32,
	SLASH = 64,
	ALNUM = DIGIT | LOWER | UPPER
};

static bool
is_of(char c, int set)
{
	return ((set & DIGIT) != 0 && c >= '0' && c <= '9') ||
	    ((set & LOWER) != 0 && c >= 'a' && c <= 'z') ||
	    ((set & UPPER) != 0 && c >= 'A' && c <= 'Z') ||
	    ((set & HEX) != 0 && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) ||
	    ((set & DOT) != 0 && c == '.') || ((set & HYPHEN) != 0 && c == '-') ||
	    ((set & SLASH) != 0 && c == '/');
}

/* Step over all characters of a set. False where there are not `least` to `most` of them. */
static bool
skip(const char **at, int set, size_t least, size_t most)
{
	size_t n = 0;

	while (is_of((*at)[n], set))
		n++;
	*at += n;
	return n >= least && n <= most;
}

static bool
skip_text(const char **at, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

static bool
is_end(const char *at)
{
	return *at == '\0';
}

/* eu-central-1, us-gov-west-1 */
static bool
skip_region(const char **at)
{
	int words = 0;

	if (!skip(at, LOWER, 2, 2))
		return false;
	while ((*at)[0] == '-' && is_of((*at)[1], LOWER)) {
		++*at;
		(void)skip(at, LOWER, 1, SIZE_MAX);
		words++;
	}
	return words > 0 && skip_text(at, "-") && skip(at, DIGIT, 1, 1);
}

static bool
skip_account(const char **at)
{
	return skip(at, DIGIT, 12, 12);
}

/* arn:aws:, and those of other clouds of theirs */
static bool
skip_partition(const char **at)
{
	if (!skip_text(at, "arn:aws"))
		return false;
	if (skip_text(at, "-iso-"))
		return skip(at, LOWER, 1, 1) && skip_text(at, ":");
	if (!skip_text(at, "-cn") && !skip_text(at, "-us-gov"))
		(void)skip_text(at, "-iso");
	return skip_text(at, ":");
}

/* ---- what comes behind an ARN's beginning, or alone ---- */

static bool
is_account(const char *at)
{
	return skip_account(&at) && is_end(at);
}

static bool
is_permission_set(const char *at)
{
	(void)skip_text(&at, "sso");
	return skip_text(&at, "ins-") && skip(&at, ALNUM | DOT | HYPHEN, 16, 16) &&
	    skip_text(&at, "/ps-") && skip(&at, ALNUM | DOT | SLASH | HYPHEN, 16, 16) && is_end(at);
}

static bool
is_bucket(const char *at)
{
	const char *begin = at;

	return skip(&at, LOWER | DIGIT | DOT | HYPHEN, 3, 63) && is_end(at) &&
	    is_of(begin[0], LOWER | DIGIT) && is_of(at[-1], LOWER | DIGIT);
}

/* A letter first; no hyphen at the end, nor two in a row. */
static bool
is_database(const char *at)
{
	const char *begin = at;

	if (!is_of(*at, LOWER | UPPER))
		return false;
	do {
		if (!skip(&at, ALNUM, 1, SIZE_MAX))
			return false;
	} while (skip_text(&at, "-"));
	return is_end(at) && at - begin <= 63;
}

static bool
is_instance(const char *at)
{
	const char *digits;

	if (!skip_text(&at, "i-"))
		return false;
	digits = at;
	return skip(&at, HEX, 8, 17) && (at - digits == 8 || at - digits == 17) && is_end(at);
}

static bool
is_unit(const char *at)
{
	return skip_text(&at, "ou-") && skip(&at, LOWER | DIGIT, 4, 32) && skip_text(&at, "-") &&
	    skip(&at, LOWER | DIGIT, 8, 32) && is_end(at);
}

/* ---- the forms ---- */

/*
 * Sources, in the AWS documentation: IAM User Guide "Amazon Resource Names"; Identity Center API
 * Reference "PermissionSetArn"; S3 User Guide "Bucket naming rules"; RDS User Guide "Constraints";
 * EC2 User Guide "Resource IDs"; Organizations API Reference "OrganizationalUnit".
 */
static const struct form {
	const char *words;
	bool (*is_name)(const char *);
	const char *service; /* in an ARN; NULL: it has none */
	bool region, account;
	const char *before; /* the name */
	bool organization;  /* whose id comes before the name, too */
	bool arn_only;
} forms[] = { /* by enum type */
	[AWS_ACCOUNT] = {
	    .words = "an account's number of 12 digits",
	    .is_name = is_account,
	},
	[AWS_PERMISSION_SET] = {
	    .words = "a permission set's ARN, arn:aws:sso:::permissionSet/ssoins-.../ps-...",
	    .is_name = is_permission_set,
	    .service = "sso",
	    .before = "permissionSet/",
	    .arn_only = true,
	},
	[AWS_S3_BUCKET] = {
	    .words = "a bucket's name of 3 to 63 lower-case letters, digits, . and -, or its ARN",
	    .is_name = is_bucket,
	    .service = "s3",
	    .before = "",
	},
	[AWS_RDS_INSTANCE] = {
	    .words = "a DB instance's identifier of 1 to 63 letters, digits and -, or its ARN",
	    .is_name = is_database,
	    .service = "rds",
	    .region = true,
	    .account = true,
	    .before = "db:",
	},
	[AWS_EC2_INSTANCE] = {
	    .words = "an instance's id, i- and 8 or 17 hexadecimal digits, or its ARN",
	    .is_name = is_instance,
	    .service = "ec2",
	    .region = true,
	    .account = true,
	    .before = "instance/",
	},
	[AWS_ORGANIZATIONAL_UNIT] = {
	    .words = "an organizational unit's id, ou-...-..., or its ARN",
	    .is_name = is_unit,
	    .service = "organizations",
	    .account = true,
	    .before = "ou/o-",
	    .organization = true,
	},
};

const char *const resource_types[] = {
	[AWS_ACCOUNT] = "aws_account",
	[AWS_PERMISSION_SET] = "aws_permission_set",
	[AWS_S3_BUCKET] = "aws_s3_bucket",
	[AWS_RDS_INSTANCE] = "aws_rds_instance",
	[AWS_EC2_INSTANCE] = "aws_ec2_instance",
	[AWS_ORGANIZATIONAL_UNIT] = "aws_organizational_unit",
	NULL,
};

/* What comes after the last colon: the name in an ARN, or the whole of what is none. */
static const char *
bare_name(const char *id)
{
	const char *colon = strrchr(id, ':');

	return colon != NULL ? colon + 1 : id;
}

static bool
looks_like_address(const char *name)
{
	int dots = 0;

	for (; *name != '\0'; name++) {
		if (*name == '.')
			dots++;
		else if (!isdigit((unsigned char)*name))
			return false;
	}
	return dots == 3;
}

static bool
begins_or_ends_reserved(const char *name)
{
	static const char *const prefixes[] = { "xn--", "sthree-", "amzn-s3-demo-" };
	static const char *const suffixes[] = { "-s3alias", "--ol-s3", ".mrap", "--x-s3",
		"--table-s3" };
	size_t len = strlen(name), n, i;

	for (i = 0; i < COUNT_OF(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	for (i = 0; i < COUNT_OF(suffixes); i++) {
		n = strlen(suffixes[i]);
		if (len >= n && strcmp(name + len - n, suffixes[i]) == 0)
			return true;
	}
	return false;
}

/* What the form does not say. */
static bool
name_allowed(enum type type, const char *id)
{
	const char *name = bare_name(id);

	return type != AWS_S3_BUCKET ||
	    (strstr(name, "..") == NULL && !looks_like_address(name) &&
		!begins_or_ends_reserved(name));
}

/* All of an ARN that comes before the name. */
static bool
skip_arn(const char **at, const struct form *f)
{
	return skip_partition(at) && skip_text(at, f->service) && skip_text(at, ":") &&
	    (!f->region || skip_region(at)) && skip_text(at, ":") &&
	    (!f->account || skip_account(at)) && skip_text(at, ":") && skip_text(at, f->before) &&
	    (!f->organization || (skip(at, LOWER | DIGIT, 10, 32) && skip_text(at, "/")));
}

static bool
matches(const struct form *f, const char *id)
{
	const char *name = id;

	if (f->service != NULL && skip_arn(&name, f))
		return f->is_name(name);
	return !f->arn_only && f->is_name(id);
}

const char *
resource_id_form(const char *type)
{
	int i = words_find(resource_types, type);

	return i >= 0 ? forms[i].words : NULL;
}

bool
resource_id_valid(const char *type, const char *id)
{
	int i = words_find(resource_types, type);

	return i >= 0 && strlen(id) <= FIELD_RESOURCE_ID_MOST && matches(&forms[i], id) &&
	    name_allowed((enum type)i, id);
}
