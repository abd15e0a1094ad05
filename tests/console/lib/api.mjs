// SPDX-License-Identifier: MIT
// The API without a browser: what a test needs to be there, and what became of it.

import { randomUUID } from 'node:crypto';

/** One key of one tenant. */
export class Client {
  /** @param {string} url of the site @param {string} tenant @param {string} key */
  constructor(url, tenant, key) {
    Object.assign(this, { url, tenant, key });
  }

  /** @returns {Promise<{status: number, data: *, headers: Headers}>} whatever the status */
  async ask(method, path, body, headers = {}) {
    const response = await fetch(`${this.url}/v1${path}`, {
      method,
      headers: {
        'X-API-Key': this.key,
        'X-Tenant-ID': this.tenant,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, data: text === '' ? null : JSON.parse(text), headers: response.headers };
  }

  /** The answer's body; throws where it is no 2xx. */
  async must(method, path, body, headers) {
    const { status, data } = await this.ask(method, path, body, headers);
    if (status < 200 || status > 299)
      throw new Error(`${method} ${path}: ${status} ${JSON.stringify(data)}`);
    return data;
  }

  get(path) {
    return this.must('GET', path);
  }

  post(path, body, headers) {
    return this.must('POST', path, body, headers);
  }

  patch(path, body, headers) {
    return this.must('PATCH', path, body, headers);
  }

  delete(path, headers) {
    return this.must('DELETE', path, undefined, headers);
  }

  /** A grant, made; members of `more` go over what it has unless told. */
  grant(more = {}) {
    return this.post('/grants', {
      grantee_id: 'alice@example.com',
      resource: { type: 'aws_s3_bucket', id: 'arn:aws:s3:::reports' },
      action: 'read',
      expires_at: new Date(Date.now() + 86400000).toISOString(),
      ...more,
    });
  }

  /** @returns {Promise<{policy: *, rules: *[]}>} a policy with these rules: texts, or {policy_text, notice} */
  async policy(name, ...rules) {
    const policy = await this.post('/policies', { name });
    const made = [];
    for (const rule of rules)
      made.push(await this.post(`/policies/${policy.id}/rules`, typeof rule === 'string' ? { policy_text: rule } : rule));
    return { policy, rules: made };
  }
}

/**
 * A tenant of its own, with the baseline policy and a key for each role.
 * @returns {Promise<{id: string, admin: Client, auditor: Client, operator: Client, collector: Client, none: Client}>}
 */
export async function makeTenant(site, name = 'Console') {
  const id = randomUUID();
  await site.grantctl('tenant', 'create', '--id', id, '--name', name);
  const made = JSON.parse(await site.grantctl('key', 'create', '--tenant', id, '--name', 'admin', '--role', 'admin', '--json'));
  const admin = new Client(site.url, id, made.raw_key);
  const tenant = { id, admin };
  for (const role of ['auditor', 'operator', 'collector', 'none'])
    tenant[role] = new Client(site.url, id, (await admin.post('/api-keys', { name: role, roles: [role] })).raw_key);
  return tenant;
}
