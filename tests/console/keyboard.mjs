// SPDX-License-Identifier: MIT
// The main ways with the keyboard alone: sign in, make a key, put a rule to the test, store it, look at the log; the focus is never lost.

const type = (page, text) => page.keyboard.type(text);
const press = (page, key) => page.keyboard.press(key);

export async function run(t) {
  const tenant = await t.tenant();
  const { policy } = await tenant.admin.policy('Accounts', 'forbid (principal, action == Action::"RevokeGrant", resource);');
  const page = await t.blank();
  await page.goto(`${t.site.url}/console/`);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await t.tabTo(page, /^input Tenant id/);
  await type(page, tenant.id);
  await press(page, 'Tab');
  await type(page, tenant.admin.key);
  await press(page, 'Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await t.until('the heading of the page has the focus', async () => /^h1 Grants/.test(await t.focused(page)));

  await t.tabTo(page, /^a Keys/, { back: true });
  await press(page, 'Enter');
  await page.getByRole('row', { name: /^admin/ }).waitFor();
  t.like('and of the next one', await t.focused(page), /^h1 Keys/);
  await t.tabTo(page, /^button New key/);
  await press(page, 'Enter');
  await page.getByRole('dialog').waitFor();
  await t.tabTo(page, /^input Name/);
  await type(page, 'typed');
  await press(page, 'Tab');
  await type(page, 'auditor');
  await t.tabTo(page, /^input Reason/);
  await type(page, 'By keyboard');
  await t.tabTo(page, /^button Make the key/);
  await press(page, 'Enter');
  const secret = page.getByLabel('The new key', { exact: true });
  await secret.waitFor();
  t.keys.add(await secret.innerText());
  await t.tabTo(page, /^button I have it/);
  await press(page, 'Enter');
  await page.getByRole('row', { name: /^typed/ }).waitFor();
  t.like('the focus is where it was', await t.focused(page), /^button New key/);
  await press(page, 'Enter');
  await page.getByRole('dialog').waitFor();
  await press(page, 'Escape');
  t.is('Escape closes', await page.getByRole('dialog').count(), 0);

  await t.go(page, `/policies/${policy.id}`);
  await page.getByRole('heading', { name: 'Accounts', level: 1 }).waitFor();
  await t.tabTo(page, /^button Edit/);
  await press(page, 'Enter');
  t.like('editing begins in the text', await t.focused(page), /^textarea Rule/);
  await press(page, 'Control+A');
  await type(page, 'forbid (principal, action == Action::"RevokeGrants", resource);');
  await t.tabTo(page, /^button Look at the change/);
  await press(page, 'Enter');
  await page.getByText('Line 1, column').waitFor();
  t.like('a mistake takes the focus to its place', await t.focused(page), /^textarea Rule/);
  await t.tabTo(page, /^button Use RevokeGrant/);
  await press(page, 'Enter');
  await t.tabTo(page, /^button What if/);
  await press(page, 'Enter');
  await page.getByText('1 change, not stored').waitFor();
  t.like('what if', await t.focused(page), /^h1 What if/);
  await t.tabTo(page, /^button Ask the policies/);
  await press(page, 'Enter');
  await page.getByRole('region', { name: 'As the policies are stored' }).waitFor();
  t.ok('has an answer', true);

  await t.tabTo(page, /^a Audit log/, { back: true });
  await press(page, 'Enter');
  await page.locator('tbody tr').first().waitFor();
  await t.tabTo(page, /^button Follow/);
  await press(page, 'Space');
  await page.getByText('Following').waitFor();
  t.like('the focus stays', await t.focused(page), /^button Follow/);
  await t.tabTo(page, /^button Skip/, { back: true });
  await press(page, 'Enter');
  t.like('the skip link goes to the content', await t.focused(page), /^main/);
}
