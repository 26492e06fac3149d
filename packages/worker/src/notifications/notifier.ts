import type { JobContract, ReminderChannel, ReminderContent } from '@latchkey/store';

/** One way to tell somebody. Left out on purpose: who is told and when, which the reminder says. */
export interface Notifier {
  /**
   * `refused`: nobody can be told this way, now or later, such as a member without a usable address.
   * @throws where trying again may help.
   */
  deliver(content: ReminderContent): Promise<'sent' | 'refused'>;
}

/** Those that this installation has. */
export type Notifiers = Readonly<Partial<Record<ReminderChannel, Notifier>>>;

/**
 * Tells members of what concerns their organization, in the console and, where there is any, by mail.
 * @returns to how many it was news
 */
export type Announce = (payload: JobContract['notify']) => Promise<number>;
