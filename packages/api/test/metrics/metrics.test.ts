import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { createMetrics } from '../../src/metrics/create-metrics.ts';
import { createSettler } from '../../src/settling/settler.ts';
import { createVerifying } from '../../src/verifying/create-verifying.ts';
import { type Following, followFeed } from '../../src/verifying/follow-feed.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { slowClocks } from '../verifying/slow-clocks.ts';

let installation: Installation;
let following: Following | undefined;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(async () => {
  await following?.close();
  await installation.close();
});

/** A node of its own, and what it tells. */
const openNode = () => {
  const { deps } = installation;
  const verifying = createVerifying(deps, {}, slowClocks);
  const { feed } = deps.store;
  const settler = createSettler({ feed, logger: deps.logger });
  let isAway = false;
  const registry: typeof feed.registry = () => (isAway ? Promise.reject(new Error('away')) : feed.registry());
  const metrics = createMetrics({ verifying, settler, store: { feed: { ...feed, registry } } });
  const leave = () => {
    isAway = true;
  };
  return { verifying, settler, metrics, leave };
};
/** Each line of the text, by its name and labels. */
const valuesOf = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
  );

describe('what Prometheus is told', () => {
  it('is how verifications were answered, whether there is a lease, and how long stops waited', async () => {
    const { verifying, settler, metrics } = openNode();
    const { deps } = installation;
    const cold = valuesOf(await metrics.text());
    expect(cold.get('latchkey_verifier_lease{state="none"}')).toBe(1);
    expect(cold.get('latchkey_verifier_stale_seconds')).toBeNaN();
    settler.observe(await deps.store.feed.incarnation(), Number.NEGATIVE_INFINITY);
    following = followFeed({ feed: deps.store.feed, verifying, logger: deps.logger });
    await following.polled();

    const dana = await installation.member('acme', 'dana');
    const { token, tokenText } = await dana.tokens.issue({ name: 'measured' });
    const { text: credential } = await issueVerifierCredential(deps, { name: 'measured', organizationIds: null });
    const { verifier, credentials, siblings, subscriptions } = verifying;
    await Promise.all([verifier.verify(tokenText), verifier.verify(tokenText)]);
    for (let i = 0; i < 3; i += 1) await verifier.verify(tokenText);
    await verifier.verify('made up');
    await credentials.verify(credential);
    siblings.poll({ credentialId: 'sibling', organizationIds: null }, null, slowClocks.monotonic() + 1_000);
    subscriptions.enter('sibling');
    const receipt = await deps.store.unitOfWork.run((tx) =>
      deps.store.feed.append(tx, [{ subject: 'organization', organizationId: 'globex' }]),
    );
    if (receipt === null) throw new Error('no receipt');
    const settling = settler.settle(receipt);
    const during = valuesOf(await metrics.text());
    expect(during.get('latchkey_settle_waiting')).toBe(1);
    siblings.leave({ credentialId: 'sibling', organizationIds: null }, 'another');
    const { by } = await settling;

    const values = valuesOf(await metrics.text());
    expect(Object.fromEntries(values)).toMatchObject({
      'latchkey_verifier_hits_total{of="tokens"}': 3,
      'latchkey_verifier_refused_hits_total{of="tokens"}': 0,
      'latchkey_verifier_misses_total{of="tokens"}': 1,
      'latchkey_verifier_joined_total{of="tokens"}': 1,
      'latchkey_verifier_impossible_total{of="tokens"}': 1,
      'latchkey_verifier_failures_total{of="tokens"}': 0,
      'latchkey_verifier_overtaken_total{of="tokens"}': 0,
      'latchkey_verifier_evictions_total{of="tokens"}': 0,
      'latchkey_verifier_misses_total{of="credentials"}': 1,
      'latchkey_verifier_entries{of="tokens"}': 1,
      'latchkey_verifier_entries{of="credentials"}': 1,
      'latchkey_verifier_uses_waiting{of="tokens"}': 1,
      'latchkey_verifier_lease{state="valid"}': 1,
      'latchkey_verifier_lease{state="none"}': 0,
      latchkey_verifier_siblings: 1,
      latchkey_verifier_sibling_leases: 1,
      latchkey_verifier_subscriptions: 1,
      latchkey_settle_waiting: 0,
      [`latchkey_settle_seconds_count{by="${by}"}`]: 1,
      latchkey_verifiers: 1,
      latchkey_verifiers_coherent: 1,
      latchkey_store_up: 1,
    });
    expect(values.get('latchkey_verifier_bytes{of="tokens"}')).toBeGreaterThan(0);
    expect(values.get('latchkey_verifier_stale_seconds')).toBeGreaterThanOrEqual(0);

    // ALLOW-LISTED-OUTPUT: of whom it serves nothing is told, and nothing that a caller could choose is a label.
    const text = await metrics.text();
    for (const theirs of [token.tokenId, tokenText, 'acme', 'globex', 'dana', 'measured', verifying.nodeId]) {
      expect(text).not.toContain(theirs);
    }
    const labels = new Set([...values.keys()].flatMap((name) => /\{(.*)\}/.exec(name)?.[1]?.split(',') ?? []));
    expect([...labels].filter((label) => !label.startsWith('le=')).sort()).toEqual([
      'by="acknowledgement"',
      'by="lease"',
      'of="credentials"',
      'of="tokens"',
      'state="expired"',
      'state="none"',
      'state="valid"',
    ]);
  });

  it('a database that is away is said, and no value of before stands in for what nobody knows', async () => {
    const { metrics, leave } = openNode();
    expect(valuesOf(await metrics.text()).get('latchkey_store_up')).toBe(1);
    leave();
    const values = valuesOf(await metrics.text());
    expect(values.get('latchkey_store_up')).toBe(0);
    expect(values.get('latchkey_verifiers')).toBeNaN();
    expect(values.get('latchkey_verifiers_coherent')).toBeNaN();
    expect(values.get('latchkey_verifier_hits_total{of="tokens"}')).toBe(0);
  });

  it('two installations in one process have each their own', async () => {
    const [one, other] = [openNode(), openNode()];
    await one.verifying.verifier.verify('made up');
    const impossible = async ({ metrics }: typeof one) =>
      valuesOf(await metrics.text()).get('latchkey_verifier_impossible_total{of="tokens"}');
    expect([await impossible(one), await impossible(other)]).toEqual([1, 0]);
  });
});
