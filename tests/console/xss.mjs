// SPDX-License-Identifier: MIT
// What comes from outside is text, in every field of grants, entries and events that the API lets it into. That nothing ran is
// seen at the end: no dialog, no violation, no foreign request.

import { randomUUID } from 'node:crypto';

const EVIL = ['<img src=x onerror=alert(1)>', '"><script>alert(2)</script>', "javascript:alert(3)//'", '{{constructor.constructor("alert(4)")()}}',
  '</textarea><svg onload=alert(5)>', '\u202e<b>&lt;&amp;'];

export async function run(t) {
  const tenant = await t.tenant('<script>alert("tenant")</script>');
  const { admin } = tenant;
  const grants = [];
  for (const evil of EVIL)
    grants.push(await admin.grant({ grantee_id: evil, action: evil, metadata: { [evil]: evil } }));
  await admin.policy(EVIL[0], { policy_text: `forbid (principal, action == Action::"RevokeGrant", resource) when { "${EVIL[1].replaceAll('"', '\\"')}" != "" };`,
    notice: EVIL[0] });
  const [grant] = grants;
  await admin.patch(`/grants/${grant.id}`, { audit_enabled: true });
  await admin.patch(`/grants/${grant.id}`, { audit_enabled: false }, { 'X-Audit-Reason': EVIL[0], 'User-Agent': EVIL[1], 'X-Request-Id': 'a' });
  await admin.patch(`/grants/${grant.id}`, { audit_enabled: true }, { 'X-Audit-Reason': EVIL[4] });
  await tenant.collector.post(`/grants/${grant.id}/activity`, { events: EVIL.map((evil) => ({ id: randomUUID(), occurred_at: new Date().toISOString(),
    service: evil, name: evil, kind: 'read', outcome: 'success', details: { [evil]: evil } })) });

  const page = await t.open(admin, '/grants');
  await page.getByText(EVIL[0]).first().waitFor();
  for (const evil of EVIL)
    t.ok(`is shown as it is: ${evil}`, (await page.locator('tbody').innerText()).includes(evil));
  await t.go(page, `/grants/${grant.id}`);
  await page.getByText('Chain holds').waitFor();
  await page.getByRole('region', { name: 'Activity' }).getByRole('cell', { name: EVIL[1] }).first().waitFor();
  for (const summary of await page.locator('summary').all())
    await summary.click();
  t.ok('nor is anything made of it', await page.locator('main img, main script, main b, main svg:not(.chart)').count() === 0);
  await page.getByRole('button', { name: 'Revoke…' }).click();
  await page.getByLabel('Reason').fill(EVIL[0]);
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  t.ok('a notice neither', (await t.notice(page, /Refused/)).includes(EVIL[0]));
  await t.go(page, `/grants?grantee_id=${encodeURIComponent(EVIL[1])}`);
  await t.until('nor the address', async () => await page.getByLabel('Grantee').inputValue() === EVIL[1]);
  await t.go(page, `/${encodeURIComponent(EVIL[0])}`);
  await page.getByText('There is no such page').waitFor();
  t.ok('an address that is none is told', true);
}
