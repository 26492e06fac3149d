import { randomUUID } from 'node:crypto';
import type { LatchkeyApi } from '@latchkey/client';
import { createApi } from '@latchkey/client';
import { machineNow } from './clock.ts';
import type { Span, Stop } from './history.ts';
import { pause } from './trouble.ts';
import type { World } from './world.ts';

const STATEMENTS = [{ effect: 'allow', actions: ['ToggleFlag'], resources: ['project/shop:env/prod:flag/*'] }];

interface Written {
  readonly stops: Stop[];
  readonly starts: Span[];
}

/** Everything that was called, and what is presented to the siblings. */
export interface Book {
  readonly lives: Map<number, Written>;
  readonly counts: Map<string, number>;
  /** How long each settled stopping call took, in milliseconds. */
  readonly stopMs: number[];
}

export const createBook = (): Book => ({ lives: new Map(), counts: new Map(), stopMs: [] });

/** Calls through whichever node is up, and again until an answer comes: a lost one leaves a stop without its end. */
interface Hands {
  readonly call: <T>(work: (api: LatchkeyApi) => Promise<T>) => Promise<T>;
  readonly each: readonly LatchkeyApi[];
}

const handsOf = async ({ world, isOver }: LaneOptions, memberId: string): Promise<Hands> => {
  const cookie = await signIn(world, memberId);
  const each = world.nodes.map(({ url }) =>
    createApi({
      url,
      credential: null,
      timeoutMs: 8_000,
      fetch: (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('cookie', cookie);
        headers.set('origin', world.publicUrl);
        return fetch(input, { ...init, headers });
      },
    }),
  );
  const call = async <T>(work: (api: LatchkeyApi) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      while (!isOver() && !world.nodes.some(({ isUp }) => isUp)) await pause(20);
      const up = each.filter((_, index) => world.nodes[index]?.isUp);
      const api = up[Math.floor(Math.random() * up.length)] ?? each[0];
      if (api === undefined) throw new Error('there is no node');
      try {
        return await work(api);
      } catch (error) {
        // A refusal is an answer; what has none of a status we know is an outage, and asked again.
        const status = (error as { readonly data?: { readonly httpStatus?: number } }).data?.httpStatus;
        if ((status !== undefined && status < 500) || attempt === 60) throw error;
        await pause(100);
      }
    }
  };
  return { call, each };
};

/** In the middle of trouble it may take several attempts. */
const signIn = async (world: World, memberId: string): Promise<string> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await askToSignIn(world, memberId);
      const cookies = response.headers.getSetCookie().map((each) => each.split(';')[0]);
      if (cookies.length > 0) return cookies.join('; ');
      throw new Error(`Signing in was answered with ${response.status}.`);
    } catch (error) {
      if (attempt === 20) throw error;
      await pause(200);
    }
  }
};

/** Whoever came with the demo is taken at its word; who was added later needs a link. */
const askToSignIn = async (world: World, memberId: string): Promise<Response> => {
  const [{ url }] = world.nodes;
  const asDemo = await fetch(`${url}/sign-in-as`, {
    method: 'POST',
    headers: { origin: world.publicUrl, 'content-type': 'application/json' },
    body: JSON.stringify({ organizationId: 'acme', memberId }),
  });
  if (asDemo.status !== 404) return asDemo;
  const link = new URL(await world.signInLink(memberId));
  return fetch(`${url}${link.pathname}${link.search}`, { redirect: 'manual' });
};

const chance = (share: number): boolean => Math.random() < share;

export interface LaneOptions {
  readonly world: World;
  readonly book: Book;
  readonly isOver: () => boolean;
  /** Says each stop again while it is under way, through the other node. */
  readonly saysTwice: boolean;
}

const write = ({ world, book }: LaneOptions) => {
  const lifeOf = (subject: number): Written => {
    const life = book.lives.get(subject);
    if (life === undefined) throw new Error(`nobody was presented with ${subject}`);
    return life;
  };
  return {
    present: (text: string, issued: Span): number => {
      const subject = book.lives.size;
      book.lives.set(subject, { stops: [], starts: [issued] });
      for (const sibling of world.siblings) if (sibling.child.connected) sibling.tell({ type: 'add', subject, text });
      return subject;
    },
    stop: async (name: string, subjects: readonly number[], work: () => Promise<unknown>): Promise<void> => {
      const start = machineNow();
      await work();
      const end = machineNow();
      book.stopMs.push(end - start);
      book.counts.set(name, (book.counts.get(name) ?? 0) + 1);
      for (const subject of subjects) lifeOf(subject).stops.push({ start, end, ofPermissions: name === 'demote' });
    },
    start: async (name: string, subjects: readonly number[], work: () => Promise<unknown>): Promise<void> => {
      const start = machineNow();
      const spans = subjects.map((subject) => {
        const span = { start, end: Number.POSITIVE_INFINITY };
        lifeOf(subject).starts.push(span);
        return span;
      });
      await work();
      book.counts.set(name, (book.counts.get(name) ?? 0) + 1);
      for (const span of spans) span.end = machineNow();
    },
    issued: async <T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly span: Span }> => {
      const start = machineNow();
      const result = await work();
      return { result, span: { start, end: machineNow() } };
    },
  };
};

const nextName = () => `coherence ${randomUUID()}`;

/** Service tokens: issued, rotated, deactivated, activated, revoked. */
export const runServiceLane = async (options: LaneOptions): Promise<void> => {
  const { present, stop, start, issued } = write(options);
  const admin = await handsOf(options, 'olivia');
  const stopBy = async (name: string, subjects: readonly number[], work: (api: LatchkeyApi) => Promise<unknown>) => {
    if (!options.saysTwice) return stop(name, subjects, () => admin.call(work));
    // Whoever is answered first has been told that it has settled.
    await Promise.all([
      stop(name, subjects, () => admin.call(work)),
      pause(30).then(() => stop(`${name}, again`, subjects, () => admin.call(work))),
    ]);
  };
  while (!options.isOver()) {
    const { result, span } = await issued(() =>
      admin.call((api) =>
        api.tokens.issue.mutate({
          kind: 'service',
          name: nextName(),
          permissions: { type: 'statements', statements: STATEMENTS },
        }),
      ),
    );
    const { tokenId } = result.token;
    let subject = present(result.tokenText, span);
    await pause(60 + 200 * Math.random());
    if (chance(0.4)) {
      let text = '';
      const old = subject;
      const began = machineNow();
      await stop('rotate', [old], async () => {
        const rotated = await admin.call((api) => api.tokens.rotate.mutate({ tokenId, graceMs: 0, cutOlder: true }));
        text = rotated.tokenText ?? '';
      });
      subject = present(text, { start: began, end: machineNow() });
      await pause(60 + 100 * Math.random());
    }
    if (chance(0.4)) {
      await stopBy('deactivate', [subject], (api) => api.tokens.deactivate.mutate({ tokenId }));
      await pause(40);
      await start('activate', [subject], () => admin.call((api) => api.tokens.activate.mutate({ tokenId })));
      await pause(60 + 100 * Math.random());
    }
    await stopBy('revoke', [subject], (api) => api.tokens.revoke.mutate({ tokenId }));
    await pause(30);
  }
};

/** A member and its personal tokens: demoted, promoted, removed; and somebody new comes in its place. */
export const runMemberLane = async (options: LaneOptions): Promise<void> => {
  const { present, stop, start, issued } = write(options);
  const admin = await handsOf(options, 'olivia');
  const { policyIds } = await admin.call((api) => api.members.get.query({ memberId: 'dana' }));
  while (!options.isOver()) {
    // Another one at each attempt: who was added by one whose answer was lost keeps its address.
    const { memberId } = await admin.call((api) => {
      const name = nextName();
      return api.members.add.mutate({ name, email: `${name.replaceAll(' ', '-')}@acme.example`, policyIds });
    });
    const own = await handsOf(options, memberId);
    const subjects: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { result, span } = await issued(() => own.call((api) => api.tokens.issue.mutate({ name: nextName() })));
      subjects.push(present(result.tokenText, span));
    }
    for (let round = 0; round < 3 && !options.isOver(); round += 1) {
      await pause(80 + 150 * Math.random());
      await stop('demote', subjects, () =>
        admin.call((api) => api.members.setPolicies.mutate({ memberId, policyIds: [] })),
      );
      await pause(40);
      await start('promote', subjects, () =>
        admin.call((api) => api.members.setPolicies.mutate({ memberId, policyIds })),
      );
    }
    await pause(80 + 150 * Math.random());
    await stop('remove', subjects, () => admin.call((api) => api.members.remove.mutate({ memberId })));
  }
};
