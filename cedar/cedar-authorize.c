/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cedar/authorize_lines.h"
#include "cedar/authorize_text.h"

static void
usage(FILE *out)
{
	(void)fputs("usage: cedar-authorize [--messages] [file]\n"
		    "       cedar-authorize --validate schema [file]\n"
		    "       cedar-authorize check file ...\n"
		    "       cedar-authorize validate schema file ...\n"
		    "       cedar-authorize format file\n",
	    out);
}

static int
complain(const char *file)
{
	(void)fprintf(stderr, "cedar-authorize: %s: %s\n", file, strerror(errno));
	return 2;
}

/* All of a file, `-` being the standard input; NULL with errno set. The caller frees it. */
static char *
read_file(const char *path, size_t *len)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	size_t room = 65536;
	char *data = malloc(room), *wider;
	int error;

	*len = 0;
	while (in != NULL && data != NULL) {
		*len += fread(data + *len, 1, room - *len, in);
		if (*len < room)
			break;
		if ((wider = room < SIZE_MAX / 2 ? realloc(data, room * 2) : NULL) == NULL)
			errno = ENOMEM;
		if (wider == NULL)
			free(data);
		data = wider;
		room *= 2;
	}
	error = in != NULL && ferror(in) ? EIO : errno;
	if (in == NULL || ferror(in)) {
		free(data);
		data = NULL;
	}
	if (in != NULL && in != stdin)
		(void)fclose(in);
	errno = error;
	return data;
}

/* NULL, with *status, where it cannot be read or is none, which is told. */
static struct cedar_schema *
read_schema(const char *path, int *status)
{
	struct cedar_schema *schema;
	size_t len;
	char *text = read_file(path, &len);

	*status = 2;
	if (text == NULL) {
		(void)complain(path);
		return NULL;
	}
	schema = cedar_schema_new((struct cedar_str){ text, len });
	if (schema == NULL) {
		(void)complain(path);
	} else if (!authorize_schema(schema, path, (struct cedar_str){ text, len }, stderr)) {
		cedar_schema_free(schema);
		schema = NULL;
		*status = 1;
	}
	free(text);
	return schema;
}

/* Held to the schema, too, where there is one. */
static int
check_files(const struct cedar_schema *schema, char **paths, int count)
{
	int i, status = 0;
	size_t len;
	char *text;

	for (i = 0; i < count; i++) {
		if ((text = read_file(paths[i], &len)) == NULL)
			return complain(paths[i]);
		if (!authorize_check(schema, paths[i], (struct cedar_str){ text, len }, stdout))
			status = 1;
		free(text);
	}
	return status;
}

static int
validate_files(char **paths, int count)
{
	int status;
	struct cedar_schema *schema = read_schema(paths[0], &status);

	if (schema != NULL)
		status = check_files(schema, paths + 1, count - 1);
	cedar_schema_free(schema);
	return status;
}

static int
format_file(const char *path)
{
	size_t len;
	char *text = read_file(path, &len);
	bool good;

	if (text == NULL)
		return complain(path);
	good = authorize_format(path, (struct cedar_str){ text, len }, stdout, stderr);
	free(text);
	return good ? 0 : 1;
}

static int
answer_lines(const char *path, bool messages)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	int status;

	if (in == NULL)
		return complain(path);
	status = authorize_lines(in, stdout, messages) ? 0 : complain(path);
	if (in != stdin)
		(void)fclose(in);
	return status;
}

static int
validate_lines_of(const char *schema_path, const char *path)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	struct cedar_schema *schema;
	int status;

	if (in == NULL)
		return complain(path);
	if ((schema = read_schema(schema_path, &status)) != NULL)
		status = validate_lines(schema, in, stdout) ? 0 : complain(path);
	cedar_schema_free(schema);
	if (in != stdin)
		(void)fclose(in);
	return status;
}

static int
run(int argc, char **argv)
{
	bool messages = argc > 1 && strcmp(argv[1], "--messages") == 0;

	if (argc > 2 && strcmp(argv[1], "check") == 0)
		return check_files(NULL, argv + 2, argc - 2);
	if (argc > 3 && strcmp(argv[1], "validate") == 0)
		return validate_files(argv + 2, argc - 2);
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "--validate") == 0)
		return validate_lines_of(argv[2], argc == 4 ? argv[3] : "-");
	if (argc == 3 && strcmp(argv[1], "format") == 0)
		return format_file(argv[2]);
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)puts("cedar-authorize " PACKAGE_VERSION);
		return 0;
	}
	if (argc > messages + 2 ||
	    (argc == messages + 2 && argv[messages + 1][0] == '-' &&
		argv[messages + 1][1] != '\0')) {
		usage(stderr);
		return 2;
	}
	return answer_lines(argc == messages + 2 ? argv[messages + 1] : "-", messages);
}

int
main(int argc, char **argv)
{
	int status = run(argc, argv);

	if (fflush(stdout) != 0 || ferror(stdout))
		status = complain("standard output");
	return status;
}
