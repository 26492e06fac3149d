/** Text of a source file, and what stands there instead. */
export interface Patch {
  /** How the file's URL ends. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** Under what it shows. */
  readonly mode: string;
  /** In the API nodes, and in the sibling services. */
  readonly patches: readonly Patch[];
}

const RULES = 'core/src/verifier/rules.ts';
const SIBLINGS = 'api/src/verifying/siblings.ts';

/** A look-up takes long: what it has read is old when it is answered. */
export const SLOW_LOOK_UPS: Patch = {
  file: 'api/src/verifying/token-source.ts',
  find: 'const found = parsed === null ? null : await store.tokens.lookUp(parsed.tokenId);',
  replace: `const found = parsed === null ? null : await store.tokens.lookUp(parsed.tokenId);
      await new Promise((resume) => setTimeout(resume, 1_000 * Math.random()));`,
};

/** Between its last statement and its COMMIT a transaction takes long: others that began later commit before it. */
const SLOW_COMMITS: Patch = {
  file: 'api/src/acting/act.ts',
  find: 'const result = await deps.store.unitOfWork.run(async (tx) => {',
  replace: `const result = await deps.store.unitOfWork.run(async (tx) => {
    const slowly = async (done) => {
      const value = await done;
      await new Promise((resume) => setTimeout(resume, 400 * Math.random()));
      return value;
    };
    return slowly((async () => {`,
};
const SLOW_COMMITS_END: Patch = {
  file: 'api/src/acting/act.ts',
  find: `    });
  });
  if (receipt === null)`,
  replace: `    });
    })());
  });
  if (receipt === null)`,
};
export const SLOWLY_COMMITTED: readonly Patch[] = [SLOW_COMMITS, SLOW_COMMITS_END];

/**
 * What one node commits, it commits late; what the other one hears, it hears late. Each by itself delays nobody but those
 * who wait for it.
 */
export const ONE_NODE_HEARS_LATE: readonly Patch[] = [
  {
    ...SLOW_COMMITS,
    replace: SLOW_COMMITS.replace.replace('400 * Math.random()', "process.env.COHERENCE_NODE === '0' ? 1_200 : 0"),
  },
  SLOW_COMMITS_END,
  {
    file: 'api/src/verifying/follow-feed.ts',
    find: 'const EVERY_MS = 300;',
    replace: "const EVERY_MS = process.env.COHERENCE_NODE === '1' ? 1_200 : 50;",
  },
];

/** Each second instead of each minute: nobody loses a change by it. */
export const OFTEN_PRUNED: Patch = {
  file: 'worker/src/schedules/run-schedule.ts',
  find: "pattern: '* * * * *', handler: pruneChanges",
  replace: "pattern: '* * * * * *', handler: pruneChanges",
};

/** Each takes one rule away; the checker has to see what it was for. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the lease check',
    mode: 'a sibling cut off',
    patches: [
      { file: RULES, find: '(now, leaseUntil) => now < leaseUntil', replace: '() => true' },
      { file: RULES, find: '(movedMs, leaseMs) => movedMs >= 0 && movedMs <= leaseMs', replace: '() => true' },
    ],
  },
  {
    name: 'the generation check',
    mode: 'slow look-ups',
    patches: [
      { file: RULES, find: '(touched) => !touched', replace: '() => true' },
      { file: RULES, find: 'start === present', replace: 'true' },
    ],
  },
  {
    name: "the joiner's check",
    mode: 'slow look-ups',
    patches: [{ file: RULES, find: 'beganAfter || (coherent && leased)', replace: 'beganAfter || !beganAfter' }],
  },
  {
    name: 'the acknowledgement',
    mode: 'a node cut off from PostgreSQL',
    patches: [
      {
        file: 'api/src/settling/settler.ts',
        find: 'if (isOld && isAcknowledged(registry, receipt))',
        replace: 'if (isOld || registry)',
      },
    ],
  },
  {
    name: 'reading the registry after the commit',
    mode: 'a node that registers while commits are slow',
    patches: [
      {
        file: 'api/src/acting/act.ts',
        find: 'receipt = (await deps.store.feed.append(tx, changes)) ?? receipt;',
        replace: `receipt = (await deps.store.feed.append(tx, changes)) ?? receipt;
        if (receipt !== null) {
          const { rows } = await deps.store.feed.registry();
          receipt = { ...receipt, known: rows.map(({ verifierId }) => verifierId) };
        }`,
      },
      {
        file: 'api/src/settling/settler.ts',
        find: 'isAcknowledged(registry, receipt)',
        replace: `isAcknowledged(
          { ...registry, rows: registry.rows.filter(({ verifierId }) => receipt.known?.includes(verifierId) ?? true) },
          receipt,
        )`,
      },
    ],
  },
  {
    name: 'the incarnation',
    mode: 'a crash of PostgreSQL right after aborted writes',
    // Nobody looks at it: not the poll, which finds its row gone; not who counts acknowledgements; not who looks up.
    patches: [
      {
        file: 'store/src/feed/follow.ts',
        find: `update latchkey.verifier v
       set polls = v.polls + 1, applied = $4::pg_snapshot, polled_at = clock_timestamp()
      from latchkey.incarnation i
     where v.verifier_id = $1 and v.incarnation = $2::uuid and i.id = 1 and i.incarnation = v.incarnation
       and not pg_is_in_recovery()`,
        replace: `insert into latchkey.verifier as v (verifier_id, name, incarnation, applied, polls)
    values ($1, '', $2::uuid, $4::pg_snapshot, 1)
    on conflict (verifier_id) do update set polls = v.polls + 1, applied = excluded.applied, polled_at = clock_timestamp()`,
      },
      {
        file: 'api/src/settling/acknowledged.ts',
        find: 'row.incarnation !== incarnation || hasSeen(row.applied, receipt.xid)',
        replace: 'hasSeen(row.applied, receipt.xid)',
      },
      { file: 'api/src/settling/acknowledged.ts', find: 'incarnation === receipt.incarnation &&', replace: '' },
      { file: 'api/src/settling/settler.ts', find: 'isOld && isAcknowledged', replace: 'isAcknowledged' },
      { file: RULES, find: 'answer.incarnation === trusted.incarnation', replace: 'true' },
    ],
  },
  {
    name: 'waiting for siblings',
    mode: 'a sibling cut off',
    patches: [{ file: SIBLINGS, find: 'each.version <= held', replace: 'each.version <= held || true' }],
  },
  {
    name: 'the wait of a repeated stop',
    mode: 'stops said twice, to a sibling cut off',
    patches: [
      {
        file: 'api/src/tokens/stop.ts',
        find: "await acting.stops({ subject: 'token', organizationId, id: tokenId });",
        replace: '',
      },
      {
        file: 'api/src/tokens/stop.ts',
        find: 'if (!step.changed) return target;',
        replace:
          "if (!step.changed) return target; await acting.stops({ subject: 'token', organizationId, id: tokenId });",
      },
    ],
  },
  {
    name: 'the snapshot rule: the highest number seen instead',
    mode: 'slow commits',
    patches: [
      {
        file: 'store/src/feed/follow.ts',
        find: 'xid >= pg_snapshot_xmin($3::pg_snapshot) and not pg_visible_in_snapshot(xid, $3::pg_snapshot)',
        replace: 'xid >= pg_snapshot_xmax($3::pg_snapshot)',
      },
    ],
  },
];
