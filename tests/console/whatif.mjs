// SPDX-License-Identifier: MIT
// "What if": composed, taken from an entry, put to stored and edited policies; what decided lights up.

const RULE = 'forbid (principal, action == Action::"UpdateGrant", resource)\nwhen { context has audit_enabled && !context.audit_enabled && resource.resource_type == "aws_account" };';
const NOTICE = 'Grants on whole accounts stay audited.';

const ask = (page) => page.getByRole('button', { name: 'Ask the policies' }).click();
const stored = (page) => page.getByRole('region', { name: 'As the policies are stored' });
const edited = (page) => page.getByRole('region', { name: /With your/ });
const lit = (page) => page.locator('.rule.lit .rule-text').allInnerTexts();

async function compose(t, page, account) {
  await page.getByLabel('Roles of who asks').fill('operator');
  await page.getByLabel('The grant asked about').fill(account.id);
  await page.getByLabel('Switches auditing').selectOption('off');
  await ask(page);
  await stored(page).getByText('Refused: forbidden').waitFor();
  t.like('an id becomes what the grant is', await page.getByLabel('The grant asked about').inputValue(), /"123456789012"/);
  t.ok('the notice', await stored(page).getByText(NOTICE).count() === 1);
  t.is('what decided is lit', await lit(page), [RULE]);
  await page.getByLabel('Switches auditing').selectOption('on');
  await ask(page);
  await stored(page).getByText('Permitted').waitFor();
  t.like('another rule is lit', (await lit(page)).join(), /Role::"operator"/);
}

/** The same with the rule left out, with another text, and with one more. */
async function edit(t, page, tenant, policy) {
  await page.getByLabel('Switches auditing').selectOption('off');
  const rule = page.locator('[data-rule]').filter({ hasText: NOTICE });
  await rule.getByRole('button', { name: /^Leave out/ }).click();
  await ask(page);
  await edited(page).getByText('Permitted').waitFor();
  t.ok('as they are stored it is refused', await stored(page).getByText('Refused: forbidden').count() === 1);
  await page.getByRole('button', { name: 'Drop', exact: true }).click();
  await rule.getByRole('button', { name: /^Edit/ }).click();
  const text = page.getByLabel('Rule (one Cedar statement)');
  await text.fill(RULE.replace('aws_account', 'aws_s3_bucket'));
  t.is('the difference', await page.locator('.rule .line-new').count(), 1);
  await ask(page);
  await edited(page).getByText('Permitted').waitFor();
  await text.fill('forbid (principal, action == Action::"UpdateGrant", resource) when { resource.resourcetype == "x" };');
  await ask(page);
  await page.getByText('did you mean').waitFor();
  t.like('a mistake is told under its place', await page.locator('.excerpt').innerText(), /\^$/);
  await page.getByRole('button', { name: 'Drop all' }).click();
  await page.getByRole('button', { name: 'Add a rule baseline' }).click();
  await text.fill('permit (principal, action == Action::"UpdateGrant", resource);');
  await ask(page);
  await edited(page).getByText('Refused: forbidden').waitFor();
  t.is('nothing of it is stored', (await tenant.admin.get(`/policies/${policy.id}/rules`)).data.map((r) => r.policy_text), [RULE]);
  await t.look(page, 'what-if', { full: true });
  await page.getByRole('button', { name: 'Drop all' }).click();
}

/** A refusal of the log is asked again, and is the same. */
async function fromEntry(t, page, tenant, account) {
  const { data } = await tenant.admin.get(`/audit-log?resource_id=${account.id}&outcome=denied&limit=1`);
  await t.go(page, `/log/${data[0].id}`);
  await page.getByRole('link', { name: 'Ask the policies again' }).click();
  await stored(page).getByText('Refused: forbidden').waitFor();
  t.is('who', await page.getByLabel('Roles of who asks').inputValue(), 'operator');
  t.is('why', await page.getByLabel('Reason').inputValue(), 'quiet, please');
  t.is('what', await page.getByLabel('Switches auditing').inputValue(), 'false');
  t.is('what decided then is lit', await lit(page), [RULE]);
}

/** From a rule that is being edited, and back. */
async function fromEditor(t, page, policy) {
  await t.go(page, `/policies/${policy.id}`);
  await page.getByRole('button', { name: /^Edit/ }).click();
  await page.getByLabel('Rule (one Cedar statement)').fill('forbid (principal, action, resource);');
  await page.getByRole('button', { name: 'What if?' }).click();
  await page.getByText('1 change, not stored').waitFor();
  await ask(page);
  await edited(page).getByText('Refused: forbidden').waitFor();
  await page.getByRole('link', { name: 'Accounts', exact: true }).click();
  await page.getByText('not stored').waitFor();
  t.is('the text is there still', await page.getByLabel('Rule (one Cedar statement)').inputValue(), 'forbid (principal, action, resource);');
}

/** What was tried is stored from there; without a text, it would be the rule's end. */
async function store(t, page, tenant, policy) {
  await t.go(page, '/what-if');
  await page.getByText('1 change, not stored').waitFor();
  const text = page.getByLabel('Rule (one Cedar statement)');
  await text.fill('');
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await page.getByRole('dialog').getByRole('heading', { name: 'Delete this rule' }).waitFor();
  await page.keyboard.press('Escape');
  await text.fill(`${RULE}\n// tried`);
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('Tried');
  await page.getByRole('dialog').getByRole('button', { name: 'Change', exact: true }).click();
  await t.notice(page, /rule is changed/);
  t.is('what was tried is stored', (await tenant.admin.get(`/policies/${policy.id}/rules`)).data.map((r) => r.policy_text), [`${RULE}\n// tried`]);
  await t.until('and is no draft any more', async () => await page.getByText('not stored').count() === 0);
}

export async function run(t) {
  const tenant = await t.tenant();
  const { policy } = await tenant.admin.policy('Accounts', { policy_text: RULE, notice: NOTICE });
  const account = await tenant.admin.grant({ resource: { type: 'aws_account', id: '123456789012' } });
  await tenant.admin.patch(`/grants/${account.id}`, { audit_enabled: true });
  await tenant.operator.ask('PATCH', `/grants/${account.id}`, { audit_enabled: false }, { 'X-Audit-Reason': 'quiet, please' });
  const page = await t.open(tenant.admin, '/what-if');
  await page.locator('[data-rule]').first().waitFor();
  await compose(t, page, account);
  await edit(t, page, tenant, policy);
  await fromEntry(t, page, tenant, account);
  await fromEditor(t, page, policy);
  await store(t, page, tenant, policy);
  await page.locator('[data-rule]').first().getByRole('button', { name: /^Leave out/ }).click();
  await page.getByText('1 change, not stored').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await t.signIn(page, tenant.auditor);
  await t.go(page, '/what-if');
  await page.locator('[data-rule]').first().waitFor();
  t.is('who signs in next finds no drafts', await page.getByText('not stored').count(), 0);
}
