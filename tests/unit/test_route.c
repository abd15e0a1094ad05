/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "fcgi/route.h"

struct mount {
	const char *script_name, *path_info, *base_path, *path;
};

static void
check(const struct mount *m, size_t count)
{
	struct buf joined = BUF_EMPTY;
	size_t i;

	for (i = 0; i < count; i++)
		assert_string_equal(route_path(&joined, m[i].script_name, m[i].path_info, "",
					m[i].base_path),
		    m[i].path);
	buf_clear(&joined);
}

/* What each web server makes of a request for grant 7, by how it is mounted. */
static void
web_servers(void **state)
{
	static const struct mount table[] = {
		/*
		 * Apache mod_fcgid with ScriptAlias, lighttpd, nginx with
		 * fastcgi_split_path_info
		 */
		{ "/api", "/v1/grants/7", "/api", "/v1/grants/7" },
		/* Apache mod_proxy_fcgi with ProxyPass: the whole path is the script's */
		{ "/api/v1/grants/7", "", "/api", "/v1/grants/7" },
		/* nginx without a split */
		{ "/v1/grants/7", "", "", "/v1/grants/7" },
		/* Apache SetHandler */
		{ "/sethandler", "/v1/grants/7", "/sethandler", "/v1/grants/7" },
		/* .htaccess that rewrites to a script of the user's */
		{ "/~user/dispatch.fcgi", "/v1/grants/7", "/~user/dispatch.fcgi", "/v1/grants/7" },
		/* lighttpd with a prefix that ends in '/': split one segment too late */
		{ "/slash/v1", "/grants/7", "/slash", "/v1/grants/7" },
		/* lighttpd at "/" */
		{ "/v1", "/grants/7", "", "/v1/grants/7" },
		{ "", "/v1/grants/7", "", "/v1/grants/7" },
	};

	(void)state;
	check(table, COUNT_OF(table));
}

static void
service_paths(void **state)
{
	static const struct mount table[] = {
		{ "/healthz", "", "", "/healthz" },
		{ "", "/readyz", "", "/readyz" },
		{ "/api", "/healthz", "/api", "/healthz" },
		{ "/api/metrics", "", "/api", "/metrics" },
		{ "/sh/dispatch.fcgi", "/readyz", "/sh/dispatch.fcgi", "/readyz" },
	};

	(void)state;
	check(table, COUNT_OF(table));
}

static void
base_path(void **state)
{
	static const struct mount table[] = {
		/* nothing after it */
		{ "/api", "", "/api", "/" },
		{ "/api", "/", "/api", "/" },
		/* once */
		{ "/api/api", "/v1/grants/7", "/api", "/api/v1/grants/7" },
		{ "/a/b/c", "/v1/x", "/a/b", "/c/v1/x" },
	};

	(void)state;
	check(table, COUNT_OF(table));
}

/* Below anything but the mount there is nothing, however the web server splits it. */
static void
other_mounts(void **state)
{
	static const struct mount table[] = {
		/* no mount: no path is looked for behind another */
		{ "/x", "/v1/api-keys", "", "/x/v1/api-keys" },
		{ "/x/v1/api-keys", "", "", "/x/v1/api-keys" },
		{ "", "/x/v1/api-keys", "", "/x/v1/api-keys" },
		{ "/x", "/healthz", "", "/x/healthz" },
		{ "/v1", "/v1/grants/7", "", "/v1/v1/grants/7" },
		/* another than the one there is, or none */
		{ "/other", "/v1/grants/7", "/api", "/" },
		{ "/other/v1/grants/7", "", "/api", "/" },
		{ "", "/v1/grants/7", "/api", "/" },
		{ "/v1/grants/7", "", "/api", "/" },
		{ "/healthz", "", "/api", "/" },
		{ "/x/api", "/v1/grants/7", "/api", "/" },
		/* whole segments only, as they are written */
		{ "/apis", "/v1/grants/7", "/api", "/" },
		{ "/ap", "/v1/grants/7", "/api", "/" },
		{ "/API", "/v1/grants/7", "/api", "/" },
		{ "//api", "/v1/grants/7", "/api", "/" },
	};

	(void)state;
	check(table, COUNT_OF(table));
}

static void
odd_paths(void **state)
{
	static const struct mount table[] = {
		{ "", "", "", "/" },
		{ "", "", "/api", "/" },
		{ "v1", "", "", "/" },
		{ "*", "", "", "/" },
		{ "/v1", "", "", "/v1" },
	};

	(void)state;
	check(table, COUNT_OF(table));
}

/* Some web servers tell it decoded, and it would be another path. */
static void
an_encoded_slash_is_no_separator(void **state)
{
	static const struct {
		struct mount m;
		const char *request_uri;
	} table[] = {
		{ { "/v1/grants/7/activity", "", "", "/" }, "/v1/grants/7%2Factivity" },
		{ { "/api", "/v1/grants/7/activity", "/api", "/" },
		    "/api/v1/grants/7%2factivity?x" },
		{ { "/api", "/v1/grants/7", "/api", "/" }, "/api%2Fv1/grants/7" },
		{ { "/v1/grants/7", "", "", "/v1/grants/7" }, "/v1/grants/7?x=%2F" },
		{ { "/v1/grants/7", "", "", "/v1/grants/7" }, "/v1/%67rants/7?x=%2F" },
		{ { "/v1/grants/%2F", "", "", "/v1/grants/%2F" }, "/v1/grants/%252F" },
		{ { "/v1/grants/%2", "", "", "/v1/grants/%2" }, "/v1/grants/%2" },
		{ { "/v1/grants/%", "", "", "/v1/grants/%" }, "/v1/grants/%" },
	};

	struct buf joined = BUF_EMPTY;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		assert_string_equal(route_path(&joined, table[i].m.script_name,
					table[i].m.path_info, table[i].request_uri,
					table[i].m.base_path),
		    table[i].m.path);
	buf_clear(&joined);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(web_servers),
		cmocka_unit_test(service_paths),
		cmocka_unit_test(an_encoded_slash_is_no_separator),
		cmocka_unit_test(base_path),
		cmocka_unit_test(other_mounts),
		cmocka_unit_test(odd_paths),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
