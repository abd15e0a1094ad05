// SPDX-License-Identifier: MIT
// The way of somebody who sees the console for the first time: switch auditing off with a reason, be refused by a rule with
// its notice, see the entries and the chain that holds, and the one that does not after a row was altered by hand.

export const everywhere = true;

const NOTICE = 'Grants on whole accounts stay audited.';
const RULE = `forbid (principal, action == Action::"UpdateGrant", resource) when { context has audit_enabled &&
  !context.audit_enabled && resource.resource_type == "aws_account" };`;

async function switchOff(page, grantee, reason) {
  await page.getByRole('row', { name: new RegExp(grantee) }).getByRole('switch').click();
  await page.getByRole('dialog').getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Switch off' }).click();
}

export async function run(t) {
  const tenant = await t.tenant();
  const grant = await tenant.admin.grant({ grantee_id: 'bob@example.com' });
  const account = await tenant.admin.grant({ grantee_id: 'eve@example.com', resource: { type: 'aws_account', id: '123456789012' } });
  await tenant.admin.policy('Accounts', { policy_text: RULE, notice: NOTICE });
  for (const g of [grant, account])
    await tenant.admin.patch(`/grants/${g.id}`, { audit_enabled: true }, { 'X-Audit-Reason': 'begin' });

  const page = await t.open(tenant.operator, '/grants');
  await switchOff(page, 'bob@example.com', 'Déjà vu: migration – OPS-7');
  t.like('what was committed is told', await t.notice(page, /Committed/), /auditing is off for bob@example.com/);
  t.is('and is so', (await tenant.admin.get(`/grants/${grant.id}`)).audit_enabled, false);
  const bob = page.getByRole('row', { name: /bob@/ }).getByRole('switch');
  t.is('the switch shows it', await bob.getAttribute('aria-checked'), 'false');

  await page.getByRole('row', { name: /eve@/ }).getByRole('switch').click();
  await page.getByRole('dialog').getByText(NOTICE).waitFor();
  t.ok('the rule’s notice is told beforehand', true);
  if (t.shots)
    await t.look(page, 'switch');
  await page.getByRole('dialog').getByLabel('Reason').fill('quiet, please');
  await page.getByRole('button', { name: 'Switch off' }).click();
  t.like('the refusal has the rule’s notice', await t.notice(page, /Refused by the policies/), new RegExp(NOTICE));
  await page.locator('.board').getByText('context.audit_enabled').waitFor();
  t.ok('and the rule itself', true);
  if (t.shots)
    await t.look(page, 'switch-refused');
  t.is('nothing was changed', (await tenant.admin.get(`/grants/${account.id}`)).audit_enabled, true);

  await page.getByRole('link', { name: 'eve@example.com' }).click();
  const asked = page.locator('.timeline .denied .diff tbody tr');
  await asked.first().waitFor();
  t.is('a refused entry shows what was asked for, and nothing else', await asked.locator('th').allInnerTexts(), ['audit_enabled']);
  await t.go(page, '/grants');

  await page.getByRole('link', { name: 'bob@example.com' }).click();
  await page.locator('.verdict').getByText(/entries, each hash computed again here/).waitFor();
  t.like('the entry has the reason', await page.locator('.timeline .entry').first().innerText(), /Déjà vu: migration – OPS-7/);
  t.like('the chain is green', await page.locator('.verdict').getAttribute('class'), /verdict-good/);

  await t.site.sql(`SET session_replication_role = replica; UPDATE grantd.audit_log SET reasoning = 'something else'
    WHERE tenant_id = '${tenant.id}' AND resource_id = '${grant.id}' AND sequence = 2`);
  await t.go(page, '/grants');
  await t.go(page, `/grants/${grant.id}`);
  await page.locator('.verdict').getByText('The chain is broken at entry 2').waitFor();
  t.like('a row that was altered breaks it', await page.locator('.timeline .broken').innerText(), /something in it was changed/);
  t.is('that one alone', await page.locator('.timeline .broken').count(), 1);
}
