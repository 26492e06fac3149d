import { type AnchorSink, type Sealing, type Store, sealAuditEvents } from '@latchkey/store';
import type { Logger } from 'pino';

export interface SealerOptions extends Sealing {
  /** Where heads are written down, beside the log. */
  readonly sinks: readonly AnchorSink[];
}

export type SealerDeps = SealerOptions & {
  readonly store: Pick<Store, 'unitOfWork' | 'auditChain' | 'now'>;
  readonly logger: Logger;
};

/** Some tens of milliseconds of work, in one transaction. */
const SLICE = 500;
/** How often at most a chain is anchored: what came later, an attacker with the key could still rewrite unnoticed. */
const ANCHOR_EVERY_MS = 10_000;
const ANCHORS = 100;

/**
 * One pass: a slice of events gets its seals, then heads that stand nowhere else are written down outside. A sink that
 * fails leaves them for the next pass: an anchor is noted only once every sink has it.
 * @returns whether there may be more to do at once
 */
export const sealAndAnchor = async ({ store, logger, sinks, ...sealing }: SealerDeps): Promise<boolean> => {
  const { sealedCount, missing } = await sealAuditEvents(store, sealing, SLICE);
  for (const event of missing) logger.error(event, 'an audit event was gone before it could be sealed');
  const anchors = await store.auditChain.unanchored(ANCHOR_EVERY_MS, ANCHORS);
  for (const sink of sinks) await sink.write(anchors);
  await store.auditChain.noteAnchored(anchors);
  // The log is a sink too: it leaves the machine where logs are gathered. Last, because it can't fail.
  for (const anchor of anchors) logger.info(anchor, 'audit_anchor');
  return sealedCount === SLICE || anchors.length === ANCHORS;
};
