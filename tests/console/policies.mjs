// SPDX-License-Identifier: MIT
// Policies: read, made, edited with errors under their place, deleted; a change is a difference before it is made.

const dialog = (page) => page.getByRole('dialog');
const ACCOUNTS = 'forbid (principal, action == Action::"UpdateGrant", resource)\nwhen { context has audit_enabled && !context.audit_enabled };';

async function create(t, page, tenant) {
  await page.getByRole('button', { name: 'New policy' }).click();
  await dialog(page).getByLabel('Name').fill('Accounts');
  await dialog(page).getByLabel('Priority').fill('');
  await dialog(page).getByLabel('Reason').fill('Asked for by audit');
  await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
  await dialog(page).getByText('priority: expected').waitFor();
  t.is('what is no number is told', await page.evaluate(() => document.activeElement.name), 'priority');
  await dialog(page).getByLabel('Priority').fill('10');
  await dialog(page).getByLabel('Reason').fill('Asked for by audit');
  await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Accounts', level: 1 }).waitFor();
  await page.getByText('It has no rules', { exact: true }).waitFor();
  const { data } = await tenant.admin.get('/policies');
  return data.find((p) => p.name === 'Accounts');
}

/** A mistake is shown under its place, with the nearest name to take instead. */
async function addRule(t, page, tenant, policy) {
  await page.getByRole('button', { name: 'Add a rule' }).click();
  const text = page.getByLabel('Rule (one Cedar statement)');
  t.like('there is something to begin with', await text.inputValue(), /^forbid/);
  await text.fill('forbid (principal, action == Action::"UpdateGrants", resource);');
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await page.getByText('Line 1, column').waitFor();
  t.like('the place', await page.locator('.excerpt').innerText(), /\n {29}\^$/);
  t.is('is selected', await page.evaluate(({ localName, value, selectionStart, selectionEnd } = document.activeElement) =>
    [localName, value.slice(selectionStart, selectionEnd)]), ['textarea', 'Action']);
  await t.look(page, 'policy-mistake', { full: true });
  await page.getByRole('button', { name: 'Use UpdateGrant' }).click();
  t.like('the nearest name is put in', await text.inputValue(), /"UpdateGrant"/);
  await text.fill('forbid (principal,\n  action == ,\n  resource);');
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await page.getByText('Line 2, column 13').waitFor();
  await text.fill(ACCOUNTS);
  await page.getByLabel('Notice').fill('It stays on.');
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await dialog(page).locator('.line-new').nth(1).waitFor();
  await dialog(page).getByLabel('Reason').fill('Asked for by audit');
  await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
  t.like('is told', await t.notice(page, /rule is added/), /Committed/);
  const { data } = await tenant.admin.get(`/policies/${policy.id}/rules`);
  t.is('and stored', [data.length, data[0].policy_text, data[0].notice], [1, ACCOUNTS, 'It stays on.']);
  return data[0];
}

async function editRule(t, page, tenant, rule) {
  await page.getByRole('button', { name: /^Edit/ }).click();
  await page.getByLabel('Rule (one Cedar statement)').fill(`${ACCOUNTS}\n// for everybody`);
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await dialog(page).locator('.line-new').first().waitFor();
  t.is('the difference', await dialog(page).locator('.line-new').allInnerTexts(), ['+\nadded:\n// for everybody']);
  await t.look(page, 'policy-difference');
  await tenant.admin.patch(`/policies/${rule.policy_id}/rules/${rule.id}`, { notice: 'Theirs.' });
  await dialog(page).getByLabel('Reason').fill('Clearer');
  await dialog(page).getByRole('button', { name: 'Change', exact: true }).click();
  t.like('somebody else was first', await t.notice(page, /Somebody else/), /decide again/);
  t.like('what was typed is there still', await page.getByLabel('Rule (one Cedar statement)').inputValue(), /for everybody/);
  await page.getByRole('button', { name: 'Look at the change' }).click();
  t.like('the difference is to theirs', await dialog(page).innerText(), /Theirs\./);
  await dialog(page).getByLabel('Reason').fill('Clearer');
  await dialog(page).getByRole('button', { name: 'Change', exact: true }).click();
  await t.notice(page, /rule is changed/);
  t.like('stored', (await tenant.admin.get(`/policies/${rule.policy_id}/rules/${rule.id}`)).policy_text, /for everybody/);
}

/** A rule that can never apply is stored where somebody insists, with a warning. */
async function insist(t, page) {
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('Rule (one Cedar statement)').fill('permit (principal in Role::"Nobody", action, resource);');
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await page.getByText('Line 1, column').waitFor();
  await page.getByLabel('Store it all the same').check();
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await dialog(page).getByLabel('Reason').fill('For a test');
  await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
  await t.notice(page, /Stored with a warning/);
  const rule = page.getByRole('listitem').filter({ hasText: 'Role::"Nobody"' });
  await rule.getByRole('button', { name: /^Delete/ }).click();
  await dialog(page).locator('.line-gone').first().waitFor();
  await dialog(page).getByLabel('Reason').fill('Tested');
  await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click();
  await t.notice(page, /rule is deleted/);
  await t.until('it is gone', async () => await rule.count() === 0);
  t.is('that one alone', await page.locator('.rules-list .rule-text').count(), 1);
}

async function settings(t, page, tenant, policy) {
  await page.getByRole('button', { name: 'Settings' }).click();
  await dialog(page).getByLabel('State').selectOption('Not in force');
  t.like('the difference', await dialog(page).locator('.line-new').innerText(), /State: Not in force/);
  await dialog(page).getByLabel('Reason').fill('For the migration');
  await dialog(page).getByRole('button', { name: 'Change', exact: true }).click();
  await t.notice(page, /is changed/);
  t.is('and so it is', (await tenant.admin.get(`/policies/${policy.id}`)).enabled, false);
}

/** Nobody locks everybody out. */
async function lockout(t, page, tenant) {
  const { data } = await tenant.admin.get('/policies');
  await t.go(page, `/policies/${data.find((p) => p.name === 'baseline').id}`);
  await page.getByRole('heading', { name: 'baseline', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Delete…', exact: true }).click();
  await dialog(page).getByLabel('Reason').fill('Tidying up');
  await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click();
  await t.notice(page, /policies/i);
  t.is('the last policy that lets somebody change policies stays', (await tenant.admin.get('/policies')).data.length, 2);
}

async function remove(t, page, tenant, policy) {
  await t.go(page, `/policies/${policy.id}`);
  await page.getByRole('heading', { name: 'Accounts', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Delete…', exact: true }).click();
  await dialog(page).getByLabel('Reason').fill('Not wanted any more');
  await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('heading', { name: 'Policies', level: 1 }).waitFor();
  await t.until('it is gone from the list', async () => await page.locator('tbody tr').count() === 1);
}

async function refused(t, tenant, policy) {
  const page = await t.open(tenant.auditor, `/policies/${policy.id}`);
  await page.getByRole('button', { name: /^Edit/ }).click();
  await page.getByLabel('Rule (one Cedar statement)').fill('permit (principal, action, resource);');
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await dialog(page).getByText('The policies would refuse this').waitFor();
  await dialog(page).getByLabel('Reason').fill('Let me in');
  await dialog(page).getByRole('button', { name: 'Change', exact: true }).click();
  t.like('who may not is refused', await t.notice(page, /Refused/), /No rule permits it/);
}

export async function run(t) {
  const tenant = await t.tenant();
  const page = await t.open(tenant.admin, '/policies');
  await page.getByRole('link', { name: 'baseline' }).waitFor();
  const policy = await create(t, page, tenant);
  const rule = await addRule(t, page, tenant, policy);
  await editRule(t, page, tenant, rule);
  await insist(t, page);
  await t.look(page, 'policy', { full: true });
  await settings(t, page, tenant, policy);
  await t.go(page, '/policies');
  await page.getByText('Not in force').waitFor();
  await t.look(page, 'policies');
  await refused(t, tenant, policy);
  await lockout(t, page, tenant);
  await remove(t, page, tenant, policy);
}
