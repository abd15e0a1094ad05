// SPDX-License-Identifier: MIT
// Every text that people read, in one place.

const plural = (n, one, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** The text for a name that came from outside. */
export const own = (texts, name) => (Object.hasOwn(texts, name) ? texts[name] : undefined);

/** On what opens a dialog, or leads on. */
export const more = (text) => `${text}…`;

export const t = {
  product: 'grantd',
  common: {
    none: '—', yes: 'yes', no: 'no', all: 'All', on: 'on', off: 'off', copy: 'Copy', copied: 'Copied.',
    details: 'Details', showMore: 'Show more', over: 'over', search: 'Search', clear: 'Clear',
    statuses: { active: 'Active', expired: 'Expired', revoked: 'Revoked' },
    badJson: (what) => `“${what}” is not a JSON object.`,
  },
  nav: {
    skip: 'Skip to the content', label: 'Pages', grants: 'Grants', log: 'Audit log', policies: 'Policies', keys: 'Keys',
    locked: 'your key may not read this', signOut: 'Sign out', tenant: 'Tenant', key: 'Key',
  },
  notFound: { title: 'There is no such page' },
  idle: {
    title: 'Are you still there?', stay: 'Stay signed in',
    text: (seconds) => `In ${plural(seconds, 'second')} your key is forgotten here.`,
  },
  notice: { board: 'What happened last', close: 'Close this message' },
  state: { loading: 'Loading…', retry: 'Try again', offlineBar: 'No network: what is shown may be old.' },
  dialog: { cancel: 'Cancel' },
  reason: {
    label: 'Reason', hint: 'Kept in the audit log with your key’s name; the policies see it.',
    missing: 'Say why.',
  },
  pager: {
    previous: 'Previous', next: 'Next', filters: 'Filters',
    label: (what) => `Pages of ${what}`,
    caption: (what) => `${what}, newest first`,
    where: (page, rows) => `Page ${page} · ${plural(rows, 'row')}`,
  },
  change: {
    committed: 'Committed: ',
    /** Titles, and lines. */
    checking: ['Not known yet: reading it again…'],
    unknown: ['It is not known whether this was done', 'It could not be read again: look before repeating it.'],
    foundDone: ['Done: it was read again and is as you asked', 'The answer was lost, not the change.'],
    foundNotDone: ['Not done as far as can be seen', 'It is as before, but may be under way: look again in a moment.'],
    byRules: 'What decided:',
    conflictLine: 'Nothing of yours was done: look at what it is now, and decide again.',
  },
  errors: {
    request: (id) => `Request ${id}`,
    bug: 'This page failed: the browser’s console tells more.',
    noNotice: 'No rule permits it, or one without a notice forbids it.',
    member: (name, expected) => (expected ? `${name}: expected ${expected}.` : `It is about ${name}.`),
    retryAfter: (seconds) => `It may be tried again in ${plural(Number(seconds), 'second')}.`,
    reason: { budget: 'The policies took too many steps.', rule_failed: 'A rule that may forbid this failed.' },
    /** By kind or code: a title, and what more there is to say. */
    known: {
      offline: ['No answer came', 'The server is out of reach, or the connection was lost.'],
      timeout: ['No answer came in time', 'The server took more than 30 seconds.'],
      garbled: ['The answer is not the API’s', 'Something else answered in its place.'],
      commit_unknown: ['The server lost its database while committing'],
      unauthenticated: ['The key is not accepted', 'It is unknown, revoked, expired or mistyped.'],
      invalid_tenant_id: ['The tenant’s id is not a UUID'],
      tenant_mismatch: ['The key belongs to another tenant'], policy_denied: ['Refused by the policies'],
      not_found: ['There is nothing here that your key may see'],
      precondition_failed: ['Somebody else changed this meanwhile'],
      too_many_requests: ['Too many requests'],
      unavailable: ['The service cannot answer just now', 'Nothing was changed.'],
      internal: ['Something went wrong in the service', 'Nothing was changed.'],
      invalid_body: ['Something in this does not fit'], invalid_parameter: ['Something in this does not fit'],
    },
  },
  operations: {
    UpdateGrant: 'Auditing switched', CreateGrant: 'Grant created', RevokeGrant: 'Grant revoked', RecordActivity: 'Activity recorded',
  },
  actor: { system: (name) => `the system (${name})` },
  rules: { unread: (id) => `rule …${id}` },
  resourceTypes: {
    aws_account: 'AWS account', aws_permission_set: 'Permission set', aws_s3_bucket: 'S3 bucket',
    aws_rds_instance: 'RDS instance', aws_ec2_instance: 'EC2 instance', aws_organizational_unit: 'Organizational unit',
  },
  advice: { title: 'The policies would refuse this', foot: 'The request itself decides.' },
  grant: {
    soon: 'Ends soon', ends: 'ends',
    name: (grantee, action, resource) => `${grantee}: ${action} on ${resource}`,
    switchLabel: (name) => `Auditing of ${name}`,
    switchOff: {
      title: 'Switch auditing off', verb: 'Switch off', text: 'From then on nothing done under this grant is recorded.',
      done: (grantee) => `auditing is off for ${grantee}`,
    },
    switchOn: {
      title: 'Switch auditing on', verb: 'Switch on', text: 'From then on what is done under this grant is recorded.',
      done: (grantee) => `auditing is on for ${grantee}`,
    },
    revoke: {
      title: 'Revoke this grant', verb: 'Revoke', text: 'It ends at once, and for good.',
      done: (grantee) => `the grant of ${grantee} is revoked`,
    },
    committed: (version) => `Version ${version}, with its entry in the audit log:`, toHistory: 'See the entry',
  },
  grants: {
    lead: 'Temporary access, and whether what is done with it is recorded.',
    columns: { grantee: 'Grantee', action: 'May', resource: 'On', state: 'State', auditing: 'Auditing' },
    none: ['There are no grants yet', 'A grant lets somebody do something on a resource for a time.'],
    noneLike: ['No grant matches', 'Grantee and resource must be given in full, letter by letter.'],
  },
  grantPage: {
    title: 'Grant', history: 'History',
    facts: {
      label: 'What it is', ends: 'Ends', granted: 'Granted', changed: 'Last changed', version: (n) => `version ${n}`, request: 'Request', id: 'Id',
      metadata: 'Metadata',
    },
  },
  entry: {
    change: 'What changed', member: 'What', before: 'Before', after: 'After', asked: 'Asked for', done: 'Done', denied: 'Refused',
    by: 'by', noReason: 'no reason was given', permittedBy: 'Permitted by', refusedBy: 'Refused by',
    repeated: (n) => `Refused the same way ${plural(n, 'time')} before, counted in this entry.`,
    sequence: 'Place in the chain', request: 'Request', address: 'From', program: 'Program', id: 'Entry', hash: 'Hash', previous: 'Hash before it',
  },
  chain: {
    none: 'The log has no entry of this grant', offNow: 'Auditing is off now: what is done under this grant is not recorded.',
    words: { good: 'Chain holds', bad: 'Chain broken', warn: 'Not checked', quiet: 'Checking' },
    reading: (n) => (n === 0 ? 'Reading the chain…' : `${plural(n, 'entry', 'entries')} checked so far…`),
    holds: (n) => `${plural(n, 'entry', 'entries')}, each hash computed again here, in this browser`,
    holdsText: 'None was changed, removed or put in between, and the grant is as the last one says. Only a checkpoint shows refusals cut from the end.',
    broken: (n) => `The chain is broken at entry ${n}`, after: 'What follows cannot be relied on.',
    cut: 'The grant is not as its history says', cutText: 'Entries were removed from the end, or the grant was changed by hand.',
    cannot: 'Browsers compute hashes only over HTTPS',
    faults: {
      content: 'Its hash is another: something in it was changed.',
      link: 'The hash that it names is not that of the entry before it.',
      gap: 'The entry before it is missing.',
      begin: 'It is the oldest, and not the first: the beginning was archived, or is missing. grantctl audit verify tells which.',
    },
  },
  activity: {
    title: 'Activity', events: 'Events', period: 'Period',
    periods: { 0: 'From the beginning', 1: 'Last 24 hours', 7: 'Last 7 days', 30: 'Last 30 days' },
    totals: { total: 'events', read: 'reads, above the line', write: 'writes, below it', denied: 'denied', error: 'failed' },
    services: 'With', off: 'Auditing was off', now: 'now',
    kinds: { read: 'Read', write: 'Write' }, outcomes: { success: 'Success', denied: 'Denied', error: 'Error' },
    columns: { when: 'When', service: 'Service', name: 'Called', kind: 'Kind', outcome: 'Outcome', from: 'From', details: 'Details' },
    about: (n) => `${plural(n, 'event')} over time. The table below has the numbers.`,
    asTable: 'The chart as a table',
    none: 'Nothing is recorded', noneOn: 'Auditing is on; nothing was reported in this time.', noneOff: 'Auditing is off.', noneLike: 'No event is like that',
  },
  create: {
    title: 'New grant', verb: 'Create', action: 'May (action)', type: 'Kind of resource', expires: 'Ends',
    resource: 'Resource', resourceHint: 'Its ARN, or an account’s number, a bucket’s name, an instance’s id, ou-….',
    metadata: 'Metadata (optional)', metadataHint: 'A JSON object, such as {"ticket": "OPS-7"}. Policies see it.',
    done: (grantee) => `${grantee} has a new grant`,
  },
  diff: { gone: 'removed', new: 'added' },
  editor: { at: (line, column) => `Line ${line}, column ${column}`, mend: (name) => `Use ${name}` },
  keys: {
    lead: 'Who may call the API, in which roles, and until when.',
    columns: { name: 'Key', roles: 'Roles', status: 'State', end: 'Ends', used: 'Last used', made: 'Made', actions: 'Actions' },
    none: 'No key matches', mine: 'yours, now', own: 'It is the key that you are signed in with.',
    noEnd: 'no end', left: 'left:', endHint: 'Empty: it has no end.', badEnd: 'The end is not a full date and time.',
    create: {
      title: 'New key', verb: 'Make the key', name: 'Name', rolesHint: 'With spaces between, such as: auditor operator',
      done: (name) => `the key “${name}” is made`,
    },
    once: {
      title: (name) => `The key “${name}”`, label: 'The new key',
      text: 'It is shown this once: only its hash is stored. Copy it to where it belongs.',
      select: 'It is selected: copy it with the keyboard.', close: 'I have it: forget it here',
    },
    rotate: {
      title: (name) => `Rotate the key “${name}”`, verb: 'Rotate',
      text: 'A new key with the same name and roles takes its place.',
      overlap: 'The old key works for', overlapHint: 'Until everybody has the new one.',
      overlaps: { 0: 'no longer', 300: '5 minutes', 3600: '1 hour', 86400: '1 day', 604800: '7 days', 2592000: '30 days' },
      end: 'The new key ends',
      done: (name) => `the key “${name}” is rotated`, oldEnded: 'The old key does not work any more.',
    },
    revoke: {
      title: (name) => `Revoke the key “${name}”`, verb: 'Revoke', text: 'It is refused from the next request on, for good.',
      done: (name) => `the key “${name}” is revoked`,
    },
  },
  policies: {
    lead: 'Higher priority is asked first; a forbid beats the permits of its priority; what no rule permits is refused.',
    changed: 'Changed', inForce: 'In force', notInForce: 'Not in force',
    none: ['There is no policy', 'Without one everything is refused.'],
    fields: { name: 'Name', priority: 'Priority', priorityHint: 'Higher ones are asked first.', enabled: 'State' },
    create: { title: 'New policy', verb: 'Create', done: (name) => `the policy “${name}” is made` },
  },
  policy: {
    title: 'Policy', rules: 'Rules', add: 'Add a rule',
    facts: (priority, version) => `Priority ${priority} · version ${version} · changed`,
    none: ['It has no rules', 'A policy without rules decides nothing.'],
    settings: { title: 'Settings', verb: 'Change', done: (name) => `the policy “${name}” is changed` },
    deletion: {
      title: (name) => `Delete the policy “${name}”`, verb: 'Delete', text: 'With all its rules, from the next request on.',
      done: (name) => `the policy “${name}” is deleted`,
    },
  },
  rule: {
    decided: 'decided', failed: 'failed', draft: 'not stored', unaudited: 'grants start unaudited',
    name: (ordinal) => `Rule ${ordinal}`, isNew: 'New rule', text: 'Rule (one Cedar statement)', difference: 'Difference',
    notice: 'Notice', noticeHint: 'What callers are told when this rule refuses them.',
    ordinal: 'Place', ordinalHint: 'In the list. Empty: the last.',
    auditSession: 'Grants start audited', auditSessionHint: 'Of grants that this rule permits to be made.',
    edit: 'Edit', leaveOut: 'Leave out', drop: 'Drop', remove: 'Delete…', review: 'Look at the change…', tryIt: 'What if?',
    anyway: 'Store it all the same, though it never applies or always fails',
    warned: (message) => `Stored with a warning: ${message}`,
    create: { title: 'Add this rule', verb: 'Add', done: 'the rule is added' },
    update: { title: 'Change this rule', verb: 'Change', done: 'the rule is changed' },
    deletion: { title: 'Delete this rule', verb: 'Delete', done: 'the rule is deleted' },
  },
  whatIf: {
    title: 'What if', fromEntry: 'Ask the policies again…',
    lead: 'Put a request to the policies, as they are and as you edit them. Nothing is changed or logged.',
    question: 'The request',
    fields: {
      action: 'Operation', roles: 'Roles of who asks', rolesHint: 'With spaces between. Empty: your own key.', name: 'Its name', key: 'Its id',
      grant: 'The grant asked about', grantHint: 'JSON, or its id. Empty for operations on no one grant.',
      switch: 'Switches auditing', address: 'From (address)', now: 'At (time)', nowHint: 'UTC, such as 2026-11-23T09:30:00Z. Empty: now.',
      more: 'More of the context', moreHint: 'JSON, such as {"target_roles": ["admin"]}, by the operation.',
    },
    ask: 'Ask the policies', allow: 'Permitted', deny: 'Refused: no rule permits it', forbidden: 'Refused: forbidden',
    stored: 'As the policies are stored', edited: 'With your changes',
    byRules: (n) => `${plural(n, 'rule')} decided, lit up below.`, byNone: 'No rule decided.',
    rules: 'The policies', drafts: (n) => `${plural(n, 'change')}, not stored`, dropAll: 'Drop all',
  },
  log: {
    lead: 'Who changed what, when, why, and who was refused.',
    columns: { when: 'When', who: 'Who', what: 'What', about: 'About', outcome: 'Outcome', why: 'Reason' },
    types: { grant: 'Grant', api_key: 'Key', policy: 'Policy', tenant: 'Tenant' },
    none: 'No entry matches', more: 'What else it says',
    filters: { action: 'Operation', type: 'About a', id: 'Its id', actor: 'Who (id of the key)', from: 'From', to: 'Before' },
    entry: {
      title: 'Entry of the audit log', chain: 'Its hash', holds: 'fits what is shown', broken: 'does not fit what is shown',
      unchecked: 'is computed only over HTTPS',
    },
    follow: {
      open: 'Follow', label: 'Entries as they come', silent: 'No answer',
      state: (n, most) => `Following: ${plural(n, 'new entry', 'new entries')} so far; the newest ${most} are here.`,
      heard: (n) => `${plural(n, 'new entry', 'new entries')} in the audit log.`,
    },
    export: {
      open: (kind) => `Export ${kind.toUpperCase()}`,
      done: (n) => `Exported: ${plural(n, 'entry', 'entries')}, complete`,
      cut: 'The export was cut off', cutText: 'The line that says that it is complete is missing.',
      lost: 'The connection was lost. Nothing was saved.', keep: 'Save what came', cancelled: 'The export was cancelled.',
    },
    checkpoint: {
      title: 'Compare with a checkpoint',
      text: 'A file of “grantctl audit checkpoint”, kept away from the database, shows whether a chain was cut or rewritten since.',
      choose: 'Checkpoint file', hint: 'Choose it, or drop it here. It stays in this browser.',
      none: (name) => `“${name}” is not a checkpoint, or not a whole one`,
      noTenant: 'The checkpoint does not cover your tenant',
      taken: (at) => `Taken at ${at}.`, chains: (n) => `${plural(n, 'chain', 'chains')} of your tenant.`,
      digest: {
        holds: 'The file is as it was written', broken: 'The file is not as it was written, or this is not its key: nothing is compared',
        'key-needed': 'The file is signed: its key shows whether it is as it was written',
        unable: 'Whether the file is as it was written is told only over HTTPS',
      },
      keyFile: 'Key file (optional)', keyHint: 'That of --key-file. It stays in this browser.',
      progress: (n, of) => `Compared ${n} of ${of}…`,
      good: (n) => `${n === 1 ? 'The chain agrees' : `All ${n} chains agree`} with the checkpoint`,
      bad: (n) => `${plural(n, 'chain does', 'chains do')} not agree with the checkpoint`,
      states: { agrees: 'agrees', grown: 'agrees, and goes on', shorter: 'shorter', differs: 'differs', gone: 'gone' },
      each: 'Each chain', chain: 'Chain', result: 'Result', then: 'Length then', now: 'Length now',
      more: (n) => `${n} more are not listed.`,
    },
  },
  signIn: {
    title: 'Sign in', checking: 'Asking whether the key is good…',
    lead: 'The key is kept by this page alone: leaving, signing out and 15 idle minutes forget it.',
    tenant: 'Tenant id', tenantHint: 'A UUID.',
    key: 'API key', keyHint: 'It begins with grd_.',
    badTenant: 'The tenant’s id is not a UUID.',
    badKey: 'This is not a key.',
    reasons: {
      'signed-out': 'You are signed out, and the key is forgotten.', idle: 'After 15 idle minutes the key is forgotten.',
      rejected: 'The key is not accepted any more.',
    },
  },
};
