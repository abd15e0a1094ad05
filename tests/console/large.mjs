// SPDX-License-Identifier: MIT
// A log of 100,000 entries: as many rows in the page as of a small one, whatever is done with it.

const ENTRIES = 100000;
const APART_MS = 20;
const MOST_ROWS = 260;

/** @param {string} grant whose chain it is, as far as a list looks at it */
function fill(tenant, grant) {
  return `INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type, resource_id, outcome, record, reasoning,
      created_at, sequence, previous_hash, hash)
    SELECT '${tenant}', (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - (${ENTRIES} - n) * ${APART_MS}), 12, '0') || '70008' || substr(md5(n::text), 1, 15))::uuid,
      '22222222-2222-7222-8222-222222222222', 'api_key', 'UpdateGrant', 'grant', '${grant}', 'done',
      '{"before":{"audit_enabled":true},"after":{"audit_enabled":false}}', 'entry ' || n, now() - (${ENTRIES} - n) * interval '${APART_MS} milliseconds', n + 1000,
      sha256(n::text::bytea), sha256((n + 1)::text::bytea)
    FROM generate_series(1, ${ENTRIES}) n; ANALYZE grantd.audit_log`;
}

export async function run(t) {
  const tenant = await t.tenant();
  const grant = await tenant.admin.grant();
  await t.site.sql(`SET session_replication_role = replica; ${fill(tenant.id, grant.id)}`);
  const page = await t.open(tenant.admin, '/log');
  const rows = () => page.locator('tr').count();
  await page.locator('main').getByText('Page 1 ·').waitFor();
  for (let i = 2; i < 6; i++) {
    await page.getByRole('button', { name: 'Next' }).click();
    await page.locator('main').getByText(`Page ${i} ·`).waitFor();
  }
  t.ok('pages have no more rows than the first', await rows() <= 51, `${await rows()} rows`);
  t.like('and go on', await page.locator('tbody tr').last().innerText(), /entry 997\d\d/);
  await page.getByLabel('Its id').fill(grant.id);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.locator('main').getByText('Page 1 ·').waitFor();
  await page.getByRole('button', { name: 'Follow' }).click();
  await page.getByText('Following: 0').waitFor();
  await Promise.all(Array.from({ length: 30 }, (_, i) => tenant.admin.grant({ grantee_id: `user-${i}` })));
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('Following: 0').waitFor();
  for (let i = 0; i < 220; i += 20)
    await Promise.all(Array.from({ length: 20 }, (_, k) => tenant.admin.grant({ grantee_id: `more-${i + k}` })));
  await page.getByText('Following: 220 new entries').waitFor();
  t.is('followed, the oldest rows make room', await page.locator('tbody tr').count(), 200);
  await page.getByRole('button', { name: 'Follow' }).click();
  // All of the log goes through one worker, built for checking, beside whatever else this machine does.
  const coming = page.waitForEvent('download', { timeout: 300000 });
  await page.getByRole('button', { name: 'Export NDJSON' }).click();
  await coming;
  await page.getByText(/Exported: 100,\d\d\d entries, complete/).waitFor();
  t.ok('an export goes to a file, and not into the page', await rows() <= MOST_ROWS);
}
