import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningPostgres, startPostgres } from '@latchkey/embedded';
import pg from 'pg';
import { copyFolder } from './installation.ts';

export interface ClusterOptions {
  /** `primary/` comes to stand here, and `standby/` where there is one. */
  readonly folder: string;
  readonly databasePath: string;
  /** A synchronous streaming standby beside it: what is committed stands there too. */
  readonly standby: boolean;
  /** Lines of PostgreSQL's configuration. */
  readonly settings: readonly string[];
}

/** PostgreSQL as its operator has it in hand. */
export interface Cluster {
  /** Of whichever is the primary now. */
  port(): number;
  restart(how: 'cleanly' | 'crash'): Promise<void>;
  /** The primary is killed for good and the standby takes over. Another standby is there only after `followAgain`. */
  promote(): Promise<void>;
  /** Stops the primary cleanly, and makes a standby of a copy of it. */
  followAgain(): Promise<void>;
  query<Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]>;
  /** So many transactions take an id and roll back. The first id that was not given out yet. */
  burnIds(count: number): Promise<bigint>;
  stop(): Promise<void>;
}

export const openCluster = async ({ folder, databasePath, standby, settings }: ClusterOptions): Promise<Cluster> => {
  const places = { primary: join(folder, 'postgres'), standby: join(folder, 'standby') };
  let primary: RunningPostgres;
  let follower: RunningPostgres | null = null;

  const configure = (place: string, ...lines: readonly string[]) =>
    writeFileSync(join(place, 'cluster', 'postgresql.auto.conf'), `${[...settings, ...lines].join('\n')}\n`);
  /** At a port of its own from the first start on. */
  const startPrimary = async (port?: number) => {
    primary = await startPostgres({ dataDir: places.primary, ...(port === undefined ? {} : { port }) });
    if (port !== undefined && primary.port !== port) throw new Error('PostgreSQL came back on another port');
  };
  const connect = async (url = primary.url) => {
    const client = new pg.Client({ connectionString: new URL(databasePath, url).href, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const query = async <Row extends pg.QueryResultRow>(text: string, url?: string): Promise<readonly Row[]> => {
    const client = await connect(url);
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const isFollowed = async () => {
    const rows = await query<{ sync_state: string }>('select sync_state from pg_stat_replication');
    return rows.some(({ sync_state }) => sync_state === 'sync');
  };
  /** From where the primary is at rest. */
  const startBoth = async (port?: number) => {
    rmSync(places.standby, { recursive: true, force: true });
    copyFolder(places.primary, places.standby);
    configure(places.primary, `synchronous_standby_names = '*'`);
    await startPrimary(port);
    const { username, password, hostname, port: at } = new URL(primary.url);
    const connection = `host=${hostname} port=${at} user=${username} password=${decodeURIComponent(password)}`;
    configure(places.standby, `primary_conninfo = '${connection}'`);
    writeFileSync(join(places.standby, 'cluster', 'standby.signal'), '', { mode: 0o644 });
    follower = await startPostgres({ dataDir: places.standby });
    while (!(await isFollowed())) await new Promise((resume) => setTimeout(resume, 50));
  };
  const kill = async ({ pid }: RunningPostgres) => {
    process.kill(pid, 'SIGQUIT');
    await untilGone(pid);
  };

  configure(places.primary);
  if (standby) await startBoth();
  else await startPrimary();

  return {
    port: () => primary.port,
    restart: async (how) => {
      const { port } = primary;
      if (how === 'cleanly') await primary.stop();
      else await kill(primary);
      await startPrimary(port);
    },
    promote: async () => {
      if (follower === null) throw new Error('there is no standby');
      // Fenced first: of two primaries each would say that it had settled.
      await kill(primary);
      await query('select pg_promote(true, 60)', follower.url);
      primary = follower;
      follower = null;
      [places.primary, places.standby] = [places.standby, places.primary];
    },
    followAgain: async () => {
      const { port } = primary;
      await primary.stop();
      await startBoth(port);
    },
    query,
    burnIds: async (count) => {
      const client = await connect();
      try {
        await client.query('begin; select pg_current_xact_id(); rollback;'.repeat(count));
        const { rows } = await client.query<{ next: string }>(
          'select pg_snapshot_xmax(pg_current_snapshot())::text as next',
        );
        return BigInt(rows[0]?.next ?? 0);
      } finally {
        await client.end();
      }
    },
    stop: async () => {
      // The standby first: the primary's end would wait for it.
      await follower?.stop();
      await primary.stop();
    },
  };
};

const untilGone = async (pid: number): Promise<void> => {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resume) => setTimeout(resume, 20));
  }
};
