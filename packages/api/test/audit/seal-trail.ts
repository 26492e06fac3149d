import { setTimeout } from 'node:timers/promises';
import type { KeyRing } from '@latchkey/core';
import { type Anchor, CHAIN_START } from '@latchkey/core/audit';
import { type OpenStore, sealAuditEvents } from '@latchkey/store';
import { nodeCrypto } from '../../src/node-crypto.ts';
import type { Installation } from '../installation.ts';

export const AUDIT_KEYS: KeyRing = [{ id: 'audit-1', bytes: nodeCrypto.sha256('audit-1') }];

/** Does what the worker does, until nothing of these organizations waits any more. */
export const sealTrail = async (worker: OpenStore): Promise<void> => {
  for (;;) {
    const { sealedCount } = await sealAuditEvents(worker, { crypto: nodeCrypto, keys: AUDIT_KEYS }, 500);
    if (sealedCount > 0) continue;
    const waiting = await Promise.all(['acme', 'globex'].map((id) => worker.auditChain.waiting(id)));
    if (waiting.every(({ count }) => count === 0)) return;
    // Another test's transaction on the same server holds it up.
    await setTimeout(20);
  }
};

/** An organization's head, as a sink would have kept it. */
export const headOf = async (worker: OpenStore, organizationId: string): Promise<Anchor> => {
  const anchors = await worker.auditChain.unanchored(0, 100);
  const head = anchors.find((anchor) => anchor.organizationId === organizationId);
  return head ?? { ...CHAIN_START, organizationId, sealedAt: 0, mac: '', keyId: '' };
};

/** Writes events past the commands that would have caused them. */
export const addEvents = (installation: Installation, count: number, reason: string | null = null) =>
  installation.deps.store.unitOfWork.run((tx) =>
    installation.deps.store.audit.append(
      tx,
      Array.from({ length: count }, (_, i) => ({
        organizationId: 'acme',
        at: 1_800_000_000_000 + i,
        actor: { type: 'member', id: 'olivia' } as const,
        action: 'token.issued' as const,
        target: { type: 'token', id: `token-${i}` } as const,
        reason,
        address: '192.0.2.7',
        client: 'vitest',
        requestId: 'request-1',
        details: { i, deep: { b: [1, null], a: 'ä' } },
      })),
    ),
  );
