// SPDX-License-Identifier: MIT
// PATCH /v1/grants/{id} as a Node application does it when it is made to be fast: one process, a pool of connections, and a named
// statement, which looks the key up, updates the grant and logs it in one exchange.
//
//	node server.js PORT CONNECTIONS STATEMENT-FILE		the database is in PG*

import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import pg from 'pg'

const [port, connections, statementFile] = process.argv.slice(2)
const statement = readFileSync(statementFile, 'utf8')

// Times come as text, "2026-11-26 02:00:00.123456+00"; a Date would lose the microseconds and cost more. Versions fit a number.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => {
	const fraction = text.slice(19, -3)
	return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction === '' ? '.000000' : fraction.padEnd(7, '0')}Z`
})
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
const pool = new pg.Pool({ max: Number(connections), idleTimeoutMillis: 0, options: '-c timezone=UTC' })

// Version 7, so that ids that follow each other lie beside each other in the index.
function makeId() {
	const bytes = randomBytes(16)
	bytes.writeUIntBE(Date.now(), 0, 6)
	bytes[6] = bytes[6] & 0x0f | 0x70
	bytes[8] = bytes[8] & 0x3f | 0x80
	const hex = bytes.toString('hex')
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const uuid = '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$'
const nullable = (type) => ({ type: [type, 'null'] })
const text = { type: 'string' }

// The schemas are compiled once: for checking what comes in, and for printing what goes out.
const schema = {
	params: { type: 'object', properties: { id: { type: 'string', pattern: uuid } } },
	headers: {
		type: 'object',
		properties: { 'x-api-key': text, 'x-tenant-id': { type: 'string', pattern: uuid } },
		required: ['x-api-key', 'x-tenant-id'],
	},
	body: {
		type: 'object',
		properties: { audit_enabled: { type: 'boolean' } },
		required: ['audit_enabled'],
		additionalProperties: false,
	},
	response: {
		200: {
			type: 'object',
			properties: {
				id: text,
				request_id: nullable('string'),
				grantee_id: text,
				resource: { type: 'object', properties: { type: text, id: text } },
				action: text,
				status: text,
				audit_enabled: { type: 'boolean' },
				expires_at: text,
				granted_at: text,
				revoked_at: nullable('string'),
				metadata: { type: 'object', additionalProperties: true },
				created_at: text,
				updated_at: text,
				version: { type: 'integer' },
			},
		},
	},
}

const app = Fastify({
	logger: false,
	genReqId: () => randomUUID(),
	ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
})

app.patch('/v1/grants/:id', { schema }, async (request, reply) => {
	const hash = createHash('sha256').update(request.headers['x-api-key']).digest()
	const { rows } = await pool.query({
		name: 'change',
		text: statement,
		values: [hash, request.headers['x-tenant-id'], request.params.id, request.body.audit_enabled, makeId(), JSON.stringify({
			request_id: request.id,
			source_ip: request.ip,
			user_agent: request.headers['user-agent'] ?? '',
			rules: [],
		})],
	})
	if (rows.length === 0)
		return reply.code(401).send({ code: 'unauthenticated' })
	const g = rows[0]
	if (g.id === null)
		return reply.code(404).send({ code: 'not_found' })
	reply.header('etag', `"${g.version}.${g.status}"`)
	reply.header('cache-control', 'no-store')
	reply.header('x-request-id', request.id)
	return { ...g, resource: { type: g.resource_type, id: g.resource_id } }
})

process.on('SIGTERM', () => process.exit(0))
await app.listen({ host: '127.0.0.1', port: Number(port) })
