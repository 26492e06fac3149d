import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { tokenText } from './token-text.ts';

let far: FarSide;
let variables: Record<string, string>;
beforeAll(async () => {
  far = await startFarSide();
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: tokenText() };
  far.on('system.emergency', () => ({ data: { settled: true, settledMs: 4 } }));
  far.on('system.emergencyOfInstallation', () => ({ data: { settled: true, settledMs: 4 } }));
});
afterAll(() => far.stop());

describe('latchkey system emergency', () => {
  it('asks for nothing where nobody has confirmed it', async () => {
    const refused = await run(['system', 'emergency', '--reason', 'x'], variables);
    expect(errorOf(refused).code).toBe('CONFIRMATION_NEEDED');
    expect(far.calls).toEqual([]);
  });

  it.each([
    [[], 'system.emergency', { reason: 'a laptop was stolen' }],
    [['--installation'], 'system.emergencyOfInstallation', { reason: 'a laptop was stolen', credentials: false }],
    [['--credentials'], 'system.emergencyOfInstallation', { reason: 'a laptop was stolen', credentials: true }],
  ])('with %j is %s', async (flags, procedure, input) => {
    const args = ['system', 'emergency', '--yes', '--reason', 'a laptop was stolen', ...flags];
    const { code, out } = await run(args, variables);
    expect([code, JSON.parse(out)]).toEqual([0, { settled: true }]);
    expect(far.calls.at(-1)).toMatchObject({ procedure, input });
  });
});

it('latchkey system verifiers says how many nodes are coherent, and how the last stop settled', async () => {
  const node = { nodeId: 'n', coherent: true, polledMsAgo: 20 };
  far.on('system.verifiers', () => ({
    data: {
      items: [],
      nodes: [node, { ...node, nodeId: 'm', coherent: false, polledMsAgo: 9_000 }],
      leaseMs: 2_000,
      lastSettled: { settledMs: 2_120, by: 'lease' },
    },
  }));
  const { code, out } = await run(['system', 'verifiers', '--output', 'table'], variables);
  expect(code).toBe(0);
  expect(out).toContain(
    '1 of 2 nodes are coherent. The latest stop settled in 2120 ms: it had to wait for a lease to run out.\n',
  );
});
