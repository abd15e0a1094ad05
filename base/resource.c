/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <regex.h>
#include <stddef.h>
#include <string.h>

#include "base/field.h"
#include "base/resource.h"
#include "base/words.h"

#define PARTITION "arn:aws(-cn|-us-gov|-iso|-iso-[a-z])?"
#define REGION "[a-z]{2}(-[a-z]+)+-[0-9]"
#define ACCOUNT "[0-9]{12}"
#define BUCKET "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
#define INSTANCE "i-([0-9a-f]{8}|[0-9a-f]{17})"
#define UNIT "ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"
/* A letter first; no hyphen at the end, nor two in a row. The length is checked apart. */
#define DATABASE "[A-Za-z][0-9A-Za-z]*(-[0-9A-Za-z]+)*"

enum type {
	AWS_ACCOUNT,
	AWS_PERMISSION_SET,
	AWS_S3_BUCKET,
	AWS_RDS_INSTANCE,
	AWS_EC2_INSTANCE,
	AWS_ORGANIZATIONAL_UNIT
};

/*
 * Sources, in the AWS documentation: IAM User Guide "Amazon Resource Names"; Identity Center API
 * Reference "PermissionSetArn"; S3 User Guide "Bucket naming rules"; RDS User Guide "Constraints";
 * EC2 User Guide "Resource IDs"; Organizations API Reference "OrganizationalUnit".
 */
static const struct form {
	const char *words;
	const char *expression; /* POSIX extended, for the whole of the id */
} forms[] = { /* by enum type */
	[AWS_ACCOUNT] = {
	    "an account's number of 12 digits", "^" ACCOUNT "$",
	},
	[AWS_PERMISSION_SET] = {
	    "a permission set's ARN, arn:aws:sso:::permissionSet/ssoins-.../ps-...",
	    "^" PARTITION
	    ":sso:::permissionSet/(sso)?ins-[0-9A-Za-z.-]{16}/ps-[0-9A-Za-z./-]{16}$",
	},
	[AWS_S3_BUCKET] = {
	    "a bucket's name of 3 to 63 lower-case letters, digits, . and -, or its ARN",
	    "^(" PARTITION ":s3:::)?" BUCKET "$",
	},
	[AWS_RDS_INSTANCE] = {
	    "a DB instance's identifier of 1 to 63 letters, digits and -, or its ARN",
	    "^(" PARTITION ":rds:" REGION ":" ACCOUNT ":db:)?" DATABASE "$",
	},
	[AWS_EC2_INSTANCE] = {
	    "an instance's id, i- and 8 or 17 hexadecimal digits, or its ARN",
	    "^(" PARTITION ":ec2:" REGION ":" ACCOUNT ":instance/)?" INSTANCE "$",
	},
	[AWS_ORGANIZATIONAL_UNIT] = {
	    "an organizational unit's id, ou-...-..., or its ARN",
	    "^(" PARTITION ":organizations::" ACCOUNT ":ou/o-[0-9a-z]{10,32}/)?" UNIT "$",
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

/* What the expressions cannot say. */
static bool
name_allowed(enum type type, const char *id)
{
	const char *name = bare_name(id);

	if (type == AWS_RDS_INSTANCE)
		return strlen(name) <= 63;
	if (type == AWS_S3_BUCKET)
		return strstr(name, "..") == NULL && !looks_like_address(name) &&
		    !begins_or_ends_reserved(name);
	return true;
}

static regex_t compiled[COUNT_OF(forms)];
static bool is_compiled[COUNT_OF(forms)];

/* False: out of memory, since the expressions are constants that compile. */
static bool
compile(size_t i)
{
	if (!is_compiled[i])
		is_compiled[i] = regcomp(&compiled[i], forms[i].expression,
				     REG_EXTENDED | REG_NOSUB) == 0;
	return is_compiled[i];
}

bool
resource_prepare(void)
{
	size_t i;

	for (i = 0; i < COUNT_OF(forms); i++)
		if (!compile(i))
			return false;
	return true;
}

static enum resource_check
match(int i, const char *text)
{
	int rc = compile((size_t)i) ? regexec(&compiled[i], text, 0, NULL, 0) : REG_ESPACE;

	if (rc == 0)
		return RESOURCE_GOOD;
	return rc == REG_NOMATCH ? RESOURCE_BAD : RESOURCE_UNKNOWN;
}

const char *
resource_id_form(const char *type)
{
	int i = words_find(resource_types, type);

	return i >= 0 ? forms[i].words : NULL;
}

enum resource_check
resource_id_check(const char *type, const char *id)
{
	int i = words_find(resource_types, type);
	enum resource_check check;

	if (i < 0 || strlen(id) > FIELD_RESOURCE_ID_MOST)
		return RESOURCE_BAD;
	check = match(i, id);
	return check == RESOURCE_GOOD && !name_allowed((enum type)i, id) ? RESOURCE_BAD : check;
}
