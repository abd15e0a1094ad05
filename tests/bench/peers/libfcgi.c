/* SPDX-License-Identifier: MIT */
/*
 * The bare statement behind FastCGI and nothing else: the floor under every application of this protocol.  It checks next to
 * nothing of what comes in.
 *
 * usage: peer-libfcgi SOCKET PROCESSES STATEMENT-FILE	(the database is in PG*)
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcgiapp.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/api_key.h"
#include "base/number.h"
#include "base/uuid.h"

/* The statement's columns. */
enum {
	AT_ID,
	AT_REQUEST_ID,
	AT_GRANTEE_ID,
	AT_RESOURCE_TYPE,
	AT_RESOURCE_ID,
	AT_ACTION,
	AT_STATUS,
	AT_AUDIT_ENABLED,
	AT_EXPIRES_AT,
	AT_GRANTED_AT,
	AT_REVOKED_AT,
	AT_METADATA,
	AT_CREATED_AT,
	AT_UPDATED_AT,
	AT_VERSION,
};

static _Noreturn void
die(const char *what)
{
	(void)fprintf(stderr, "peer-libfcgi: %s\n", what);
	exit(1);
}

static PGconn *
open_database(const char *statement)
{
	PGconn *db = PQconnectdb("options='-c timezone=UTC'");

	if (PQstatus(db) != CONNECTION_OK)
		die(PQerrorMessage(db));
	PQclear(PQprepare(db, "change", statement, 0, NULL));
	return db;
}

/* A column in quotes, or null. */
static const char *
quoted(const PGresult *r, int column, char text[256])
{
	if (PQgetisnull(r, 0, column))
		return "null";
	(void)snprintf(text, 256, "\"%s\"", PQgetvalue(r, 0, column));
	return text;
}

static void
answer(FCGX_Request *rq, const PGresult *r)
{
	char request_id[256], revoked_at[256];

	if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) != 1 || PQgetisnull(r, 0, AT_ID)) {
		FCGX_FPrintF(rq->out,
		    "Status: 404\r\nContent-Type: application/json\r\n\r\n"
		    "{\"code\":\"not_found\"}");
		return;
	}
	FCGX_FPrintF(rq->out,
	    "Content-Type: application/json\r\nCache-Control: no-store\r\n\r\n"
	    "{\"id\":\"%s\",\"request_id\":%s,\"grantee_id\":\"%s\",\"resource\":{\"type\":\"%s\",\"id\":\"%s\"},"
	    "\"action\":\"%s\",\"status\":\"%s\",\"audit_enabled\":%s,\"expires_at\":\"%s\",\"granted_at\":\"%s\","
	    "\"revoked_at\":%s,\"metadata\":%s,\"created_at\":\"%s\",\"updated_at\":\"%s\",\"version\":%s}",
	    PQgetvalue(r, 0, AT_ID), quoted(r, AT_REQUEST_ID, request_id),
	    PQgetvalue(r, 0, AT_GRANTEE_ID), PQgetvalue(r, 0, AT_RESOURCE_TYPE),
	    PQgetvalue(r, 0, AT_RESOURCE_ID), PQgetvalue(r, 0, AT_ACTION),
	    PQgetvalue(r, 0, AT_STATUS),
	    PQgetvalue(r, 0, AT_AUDIT_ENABLED)[0] == 't' ? "true" : "false",
	    PQgetvalue(r, 0, AT_EXPIRES_AT), PQgetvalue(r, 0, AT_GRANTED_AT),
	    quoted(r, AT_REVOKED_AT, revoked_at), PQgetvalue(r, 0, AT_METADATA),
	    PQgetvalue(r, 0, AT_CREATED_AT), PQgetvalue(r, 0, AT_UPDATED_AT),
	    PQgetvalue(r, 0, AT_VERSION));
}

static const char *
param(const FCGX_Request *rq, const char *name)
{
	const char *value = FCGX_GetParam(name, rq->envp);

	return value != NULL ? value : "";
}

static void
serve(FCGX_Request *rq, PGconn *db)
{
	static const int binary[6] = { [0] = 1 };
	const char *key = param(rq, "HTTP_X_API_KEY"), *path = param(rq, "REQUEST_URI");
	char context[1024], id[UUID_TEXT_LEN + 1];
	uint8_t hash[API_KEY_HASH_LEN];
	const int lengths[6] = { [0] = (int)sizeof(hash) };
	const char *values[6] = { (char *)hash, param(rq, "HTTP_X_TENANT_ID"), NULL, "false", id,
		context };
	struct uuid entry;
	char body[256];
	PGresult *r;

	body[FCGX_GetStr(body, sizeof(body) - 1, rq->in)] = '\0';
	if (strstr(body, "true") != NULL)
		values[3] = "true";
	values[2] = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : "";
	if (!api_key_hash(key, strlen(key), hash) || !uuid_make_v7(&entry))
		die("no hash or no id");
	uuid_print(&entry, id);
	(void)snprintf(context, sizeof(context),
	    "{\"request_id\":\"%s\",\"source_ip\":\"%s\",\"user_agent\":\"%.100s\",\"rules\":[]}",
	    id, param(rq, "REMOTE_ADDR"), param(rq, "HTTP_USER_AGENT"));
	r = PQexecPrepared(db, "change", 6, values, lengths, binary, 0);
	answer(rq, r);
	PQclear(r);
}

static void
work(int listener, const char *statement)
{
	PGconn *db = open_database(statement);
	FCGX_Request rq;

	if (FCGX_InitRequest(&rq, listener, 0) != 0)
		die("FCGX_InitRequest");
	while (FCGX_Accept_r(&rq) == 0) {
		serve(&rq, db);
		FCGX_Finish_r(&rq);
	}
	PQfinish(db);
}

static char *
read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (in == NULL || getdelim(&text, &room, '\0', in) <= 0)
		die("the statement's file cannot be read");
	(void)fclose(in);
	return text;
}

int
main(int argc, char *argv[])
{
	char *statement;
	int64_t i, processes;
	int listener;

	if (argc != 4 || !number_parse(&processes, argv[2], strlen(argv[2]), 1, 1000))
		die("usage: peer-libfcgi SOCKET PROCESSES STATEMENT-FILE");
	statement = read_file(argv[3]);
	if (FCGX_Init() != 0 || (listener = FCGX_OpenSocket(argv[1], 511)) < 0 ||
	    chmod(argv[1], 0666) != 0)
		die("no socket");
	for (i = 0; i < processes; i++) {
		switch (fork()) {
		case -1:
			die("fork");
		case 0:
			/* They end with the parent. */
			if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
				die("prctl");
			work(listener, statement);
			_exit(0);
		default:
			break;
		}
	}
	while (wait(NULL) > 0)
		;
	free(statement);
	return 1;
}
