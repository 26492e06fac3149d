import { DROP } from './audit-retention.ts';
import { StoreMigration } from './store-migration.ts';

/** A month goes when the last of the organizations that have events in it lets it go. */
export class AuditKept extends StoreMigration {
  override up(): void {
    this.addSql(replaced(HOLDING));
  }

  override down(): void {
    this.addSql(replaced(DROP));
  }
}

const replaced = (text: string): string => text.replace('create function', 'create or replace function');

const LOCKED = "execute format('lock table latchkey.%I, latchkey.%I in share row exclusive mode', events, seals);";

/** Behind the lock: from here on no more events come into the month. */
const HOLDING = DROP.replace(
  LOCKED,
  `${LOCKED}
    if exists (select from latchkey.settings o
                where (month + interval '1 month') at time zone 'UTC' + (o.chosen ->> 'auditKeptDays')::int * interval '24 hours'
                        > clock_timestamp()
                  and exists (select from latchkey.audit_seal s
                               where s.sealed_month = month and s.organization_id = o.organization_id)) then
      return 'held';
    end if;`,
);
