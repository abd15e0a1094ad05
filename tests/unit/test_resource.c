/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "base/resource.h"

#define SET "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef"

struct example {
	const char *type, *id;
};

static void
ids_of_each_type(void **state)
{
	static const struct example table[] = {
		{ "aws_account", "123456789012" },
		{ "aws_account", "000000000000" },
		{ "aws_permission_set", SET },
		{ "aws_permission_set",
		    "arn:aws-us-gov:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef" },
		{ "aws_s3_bucket", "abc" },
		{ "aws_s3_bucket", "my.logs-2026.example" },
		{ "aws_s3_bucket", "0a0" },
		{ "aws_s3_bucket", "arn:aws:s3:::my-bucket" },
		{ "aws_s3_bucket", "1.2.3.4.5" },
		{ "aws_s3_bucket", "1.2.3.a" },
		{ "aws_s3_bucket",
		    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0" },
		{ "aws_rds_instance", "db" },
		{ "aws_rds_instance", "Orders-2" },
		{ "aws_rds_instance", "arn:aws:rds:eu-central-1:123456789012:db:orders-2" },
		{ "aws_rds_instance", "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:orders" },
		{ "aws_rds_instance",
		    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0" },
		{ "aws_ec2_instance", "i-01234567" },
		{ "aws_ec2_instance", "i-0123456789abcdef0" },
		{ "aws_ec2_instance",
		    "arn:aws:ec2:ap-southeast-2:123456789012:instance/i-0123456789abcdef0" },
		{ "aws_organizational_unit", "ou-ab12-cdefgh34" },
		{ "aws_organizational_unit",
		    "arn:aws:organizations::123456789012:ou/o-a1b2c3d4e5/ou-ab12-cdefgh34" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		if (!resource_id_valid(table[i].type, table[i].id))
			fail_msg("%s %s", table[i].type, table[i].id);
}

static void
ids_of_none(void **state)
{
	static const struct example table[] = {
		{ "aws_account", "" },
		{ "aws_account", "12345678901" },
		{ "aws_account", "1234567890123" },
		{ "aws_account", "12345678901a" },
		{ "aws_account", " 123456789012" },
		{ "aws_account", "123456789012\n" },
		{ "aws_account", "1234-5678-9012" },
		{ "aws_account", "arn:aws:iam::123456789012:root" },
		{ "aws_permission_set", "ps-0123456789abcdef" },
		{ "aws_permission_set", SET "0" },
		{ "aws_permission_set", "x" SET },
		{ "aws_permission_set",
		    "arn:aws:sso:eu-west-1::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef" },
		{ "aws_permission_set",
		    "arn:aws:sso:::permissionSet/ssoins-0123456789abcde/ps-0123456789abcdef" },
		{ "aws_s3_bucket", "ab" },
		{ "aws_s3_bucket", "Abc" },
		{ "aws_s3_bucket", "-ab" },
		{ "aws_s3_bucket", "ab-" },
		{ "aws_s3_bucket", ".ab" },
		{ "aws_s3_bucket", "a..b" },
		{ "aws_s3_bucket", "a_b" },
		{ "aws_s3_bucket", "192.168.0.1" },
		{ "aws_s3_bucket", "arn:aws:s3:::192.168.0.1" },
		{ "aws_s3_bucket", "arn:aws:s3:::bucket/key" },
		{ "aws_s3_bucket", "xn--a" },
		{ "aws_s3_bucket", "sthree-a" },
		{ "aws_s3_bucket", "amzn-s3-demo-a" },
		{ "aws_s3_bucket", "a-s3alias" },
		{ "aws_s3_bucket", "a--ol-s3" },
		{ "aws_s3_bucket", "a.mrap" },
		{ "aws_s3_bucket", "a--x-s3" },
		{ "aws_s3_bucket", "a--table-s3" },
		{ "aws_s3_bucket",
		    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01" },
		{ "aws_rds_instance", "1db" },
		{ "aws_rds_instance", "db-" },
		{ "aws_rds_instance", "d--b" },
		{ "aws_rds_instance", "d_b" },
		{ "aws_rds_instance",
		    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01" },
		{ "aws_rds_instance", "arn:aws:rds:eu-central-1:123456789012:cluster:orders" },
		{ "aws_rds_instance", "arn:aws:rds::123456789012:db:orders" },
		{ "aws_ec2_instance", "i-0123456" },
		{ "aws_ec2_instance", "i-012345678" },
		{ "aws_ec2_instance", "i-0123456789ABCDEF0" },
		{ "aws_ec2_instance", "0123456789abcdef0" },
		{ "aws_ec2_instance", "arn:aws:ec2:ap-southeast-2:1234:instance/i-01234567" },
		{ "aws_organizational_unit", "ou-abc-cdefgh34" },
		{ "aws_organizational_unit", "ou-ab12-cdefgh3" },
		{ "aws_organizational_unit", "ou-AB12-cdefgh34" },
		{ "aws_organizational_unit", "r-ab12" },
		{ "aws_iam_role", "123456789012" },
		{ "", "123456789012" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		if (resource_id_valid(table[i].type, table[i].id))
			fail_msg("%s %s", table[i].type, table[i].id);
}

/* What is longer than the database keeps is refused before any expression is tried on it. */
static void
long_ids(void **state)
{
	static char id[4096];

	(void)state;
	memset(id, 'a', sizeof(id) - 1);
	assert_false(resource_id_valid("aws_rds_instance", id));
	assert_false(resource_id_valid("aws_s3_bucket", id));
}

static void
every_type_has_a_form(void **state)
{
	int i;

	(void)state;
	for (i = 0; resource_types[i] != NULL; i++)
		assert_non_null(resource_id_form(resource_types[i]));
	assert_int_equal(i, 6);
	assert_null(resource_id_form("aws_iam_role"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_of_each_type),
		cmocka_unit_test(ids_of_none),
		cmocka_unit_test(long_ids),
		cmocka_unit_test(every_type_has_a_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
