// SPDX-License-Identifier: MIT
// The audit log: filters, paging, following without losing or doubling anything, exports, checkpoints, an entry with its hash.

import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

/** It stops the server for a while. */
export const alone = true;

const rows = (page) => page.locator('tbody tr');
const idsOf = (page) => rows(page).evaluateAll((list) => list.map((r) => r.dataset.id));

async function toggle(grant, admin, reason) {
  const { audit_enabled } = await admin.get(`/grants/${grant.id}`);
  await admin.patch(`/grants/${grant.id}`, { audit_enabled: !audit_enabled }, { 'X-Audit-Reason': reason });
}

async function filters(t, page, grant) {
  await page.getByLabel('Operation').selectOption('UpdateGrant');
  await page.getByLabel('Outcome').selectOption('Refused');
  await page.getByRole('button', { name: 'Search' }).click();
  await t.until('refusals alone', async () => await rows(page).count() === 1);
  t.like('with the reason', await rows(page).first().innerText(), /let me/);
  t.like('filters are in the address', page.url(), /action=UpdateGrant&outcome=denied/);
  await page.getByLabel('Outcome').selectOption('Done');
  await page.getByLabel('Its id').fill(grant.id);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.locator('main').getByText('Page 1 ·').waitFor();
  t.is('a page', await rows(page).count(), 50);
  const first = await idsOf(page);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.locator('main').getByText('Page 2 ·').waitFor();
  const second = await idsOf(page);
  t.is('the next one has none of it', second.filter((id) => first.includes(id)), []);
  await page.getByRole('button', { name: 'Previous' }).click();
  await page.locator('main').getByText('Page 1 ·').waitFor();
  t.is('and back', await idsOf(page), first);
  await page.getByLabel('From').fill('2031-01-01T00:00:00');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('No entry matches').waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.locator('main').getByText('Page 1 ·').waitFor();
  await page.getByLabel('Its id').fill('nonsense');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('Something in this does not fit').waitFor();
  t.like('what is no id is told', await page.locator('.paged').innerText(), /resource_id/);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.locator('main').getByText('Page 1 ·').waitFor();
}

/** While entries come from several sides: each is met once. */
async function follow(t, page, tenant, grants) {
  await page.getByRole('button', { name: 'Follow' }).click();
  await page.getByText('Following: 0 new entries').waitFor();
  const before = await idsOf(page);
  for (let i = 0; i < 6; i++)
    await Promise.all(grants.map((grant) => toggle(grant, tenant.admin, `round ${i}`)));
  // One whose commit took a while is behind others, by its id as by its time.
  await t.site.sql(`SET session_replication_role = replica; INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,
      resource_id, outcome, record, reasoning, created_at, sequence, previous_hash, hash)
    SELECT tenant_id, (left(id::text, 24) || '00000000beef')::uuid, actor_id, actor_type, action, resource_type, resource_id, outcome, record, 'late',
      now() - interval '60 seconds', 900, previous_hash, sha256('late') FROM grantd.audit_log WHERE id = '${before[0]}'`);
  const wanted = 6 * grants.length + 1;
  await page.getByText(`Following: ${wanted} new entries`).waitFor();
  const shown = await idsOf(page);
  t.is('no entry twice', new Set(shown).size, shown.length);
  t.is('and all that were there', shown.slice(wanted), before);
  const { data } = await tenant.admin.get(`/audit-log?limit=100`);
  t.is('all of those that came', shown.slice(0, wanted).sort(), data.map((e) => e.id).filter((id) => !before.includes(id)).slice(0, wanted).sort());
  t.ok('the late one, too', await rows(page).filter({ hasText: 'late' }).count() === 1);
  await t.look(page, 'audit-log');
}

/** The server goes away and comes back while the log is followed: what came meanwhile by another way is not lost. */
async function away(t, page, tenant) {
  t.expectComplaint(/ERR_CONNECTION|ERR_EMPTY|Failed to fetch|50[234]/);
  await t.site.stop();
  await page.getByText('No answer').waitFor();
  await t.site.grantctl('key', 'create', '--tenant', tenant.id, '--name', 'meanwhile', '--role', 'auditor', '--json');
  await t.site.start();
  await page.getByText(/Following: \d+ new/).waitFor();
  await t.until('what came meanwhile', async () => /Following: 20 new entries/.test(await page.locator('.follow-state').innerText()));
  t.is('once', await rows(page).filter({ hasText: 'the system' }).count() >= 1, true);
  await page.getByRole('button', { name: 'Follow' }).click();
  await page.locator('main').getByText('Page 1 ·').waitFor();
}

async function exports(t, page, tenant) {
  const count = Number(await t.site.sql(`SELECT count(*) FROM grantd.audit_log WHERE tenant_id = '${tenant.id}'`));
  for (const kind of ['NDJSON', 'CSV']) {
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: `Export ${kind}` }).click();
    const file = await (await coming).path();
    await page.getByText(`Exported: ${count} entries, complete`).waitFor();
    const text = await readFile(file, 'utf8');
    t.is(`${kind}: each entry`, text.trimEnd().split('\n').length, kind === 'CSV' ? count + 2 : count + 1);
    t.like(`${kind}: its name`, (await coming).suggestedFilename(), new RegExp(`^audit-log-.*\\.${kind.toLowerCase()}$`));
  }
  // A stream that ends early is not taken for a whole one.
  await page.route('**/v1/audit-log?*format=ndjson*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).split('\n').slice(0, 3).join('\n') });
  });
  await page.getByRole('button', { name: 'Export NDJSON' }).click();
  await page.getByText('The export was cut off').waitFor();
  t.ok('one that was cut off says so', await page.getByRole('button', { name: 'Save what came' }).count() === 1);
  await page.unroute('**/v1/audit-log?*format=ndjson*');
}

async function checkpoint(t, page, tenant, grants) {
  const file = join(tmpdir(), `checkpoint-${randomUUID()}`);
  await t.site.grantctl('audit', 'checkpoint', '--tenant', tenant.id, file);
  const choose = (path) => page.getByLabel('Checkpoint file').setInputFiles(path);
  await choose(file);
  await page.getByText('The file is as it was written').waitFor();
  await page.locator('.note-title', { hasText: /^All \d+ chains agree/ }).waitFor();
  await toggle(grants[0], tenant.admin, 'more');
  await choose(file);
  await page.getByText(/agrees, and goes on: 1/).waitFor();
  // Dropped onto the page, with a rewritten chain and one that was cut.
  await t.site.sql(`SET session_replication_role = replica;
    UPDATE grantd.audit_log SET hash = sha256('x') WHERE tenant_id = '${tenant.id}' AND resource_id = '${grants[1].id}' AND sequence =
      (SELECT max(sequence) FROM grantd.audit_log WHERE tenant_id = '${tenant.id}' AND resource_id = '${grants[1].id}');
    DELETE FROM grantd.audit_log WHERE tenant_id = '${tenant.id}' AND resource_id = '${grants[2].id}' AND sequence > 2`);
  const text = await readFile(file, 'utf8');
  await page.locator('.drop').evaluate((drop, content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], 'checkpoint'));
    drop.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, text);
  await page.locator('.note-title', { hasText: '2 chains do not agree' }).waitFor();
  t.is('which', await page.locator('.row-bad').evaluateAll((list) => list.map((r) => r.querySelector('.badge').innerText.split('\n').at(-1)).sort()), ['differs', 'shorter']);
  await page.locator('.drop').scrollIntoViewIfNeeded();
  await t.look(page, 'checkpoint');
  await writeFile(file, text.replace(/[0-9a-f]{64}/, 'f'.repeat(64)));
  await choose(file);
  await page.getByText('The file is not as it was written').waitFor();
  await writeFile(file, 'something else\n');
  await choose(file);
  await page.getByText('is not a checkpoint').waitFor();
  const key = `${file}.key`;
  await writeFile(key, 'k'.repeat(40));
  const signed = `${file}.signed`;
  await t.site.grantctl('audit', 'checkpoint', '--tenant', tenant.id, '--key-file', key, signed);
  await choose(signed);
  await page.getByText('The file is signed').waitFor();
  await page.getByLabel('Key file').setInputFiles(key);
  await page.getByText('The file is as it was written').waitFor();
  t.ok('a signed one is held to its key', true);
}

/** An entry, and its hash, which is computed here. */
async function entry(t, page, tenant) {
  const grant = await tenant.admin.grant({ metadata: { ticket: 'OPS-7' } });
  await toggle(grant, tenant.admin, 'The migration of the reports is done');
  const { data: [last] } = await tenant.admin.get(`/audit-log?resource_id=${grant.id}&limit=1`);
  await t.go(page, `/log/${last.id}`);
  await page.getByText('fits what is shown').waitFor();
  await t.look(page, 'entry');
  await t.site.sql(`SET session_replication_role = replica; UPDATE grantd.audit_log SET reasoning = 'something else' WHERE id = '${last.id}'`);
  await t.go(page, '/log');
  await page.locator('main').getByText('Page 1 ·').waitFor();
  await t.go(page, `/log/${last.id}`);
  await page.getByText('does not fit what is shown').waitFor();
  t.ok('one that was altered is seen', true);
  await t.go(page, `/log/${randomUUID()}`);
  await page.getByText('There is nothing here').waitFor();
}

export async function run(t) {
  const tenant = await t.tenant();
  const grants = [];
  for (let i = 0; i < 3; i++)
    grants.push(await tenant.admin.grant({ grantee_id: `user-${i}@example.com` }));
  for (let i = 0; i < 60; i++)
    await toggle(grants[0], tenant.admin, `change ${i}`);
  await tenant.auditor.ask('PATCH', `/grants/${grants[0].id}`, { audit_enabled: true }, { 'X-Audit-Reason': 'let me' });
  const page = await t.open(tenant.auditor, '/log');
  await page.locator('main').getByText('Page 1 ·').waitFor();
  await filters(t, page, grants[0]);
  await follow(t, page, tenant, grants);
  await away(t, page, tenant);
  await exports(t, page, tenant);
  await checkpoint(t, page, tenant, grants);
  await entry(t, page, tenant);
  await t.noKeyStored(page);
}
