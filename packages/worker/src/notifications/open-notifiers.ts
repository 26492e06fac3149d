import { join } from 'node:path';
import type { Clock, Host } from '@latchkey/core';
import type { Store } from '@latchkey/store';
import { createAnnounce } from './announce.ts';
import { createMailCapture } from './capture-mail.ts';
import { createConsoleNotifier } from './console-notifier.ts';
import { createFindRecipients } from './find-recipients.ts';
import { createMailNotifier } from './mail-notifier.ts';
import type { Announce, Notifiers } from './notifier.ts';
import { createSmtpSender } from './smtp-sender.ts';
import { createWebhookNotifier } from './webhook-notifier.ts';

export interface NotificationsConfiguration {
  /** Of the console. `null`: nobody is told by mail or webhook, because there is nothing to link to. */
  readonly publicUrl: string | null;
  /** `null`: mail is captured into the data folder. */
  readonly smtpUrl: string | null;
  readonly from: string;
  readonly webhook: {
    readonly url: string;
    readonly secrets: readonly Uint8Array[];
    readonly allowPrivate: boolean;
  } | null;
}

export interface NotifierDeps {
  readonly store: Pick<Store, 'settings' | 'notifications'>;
  readonly host: Host;
  readonly clock: Clock;
  readonly dataFolder: string | null;
  readonly production: boolean;
}

/**
 * The ways to tell people that this configuration gives; the console is always one. Mail without SMTP is captured in the
 * demo, and only there.
 */
export const openNotifiers = (
  { publicUrl, smtpUrl, from, webhook }: NotificationsConfiguration,
  { store, host, clock, dataFolder, production }: NotifierDeps,
): { readonly notifiers: Notifiers; readonly announce: Announce } => {
  const findRecipients = createFindRecipients({ host, clock });
  const send =
    publicUrl === null
      ? null
      : smtpUrl !== null
        ? createSmtpSender(smtpUrl)
        : dataFolder !== null && !production
          ? createMailCapture(join(dataFolder, 'mail'))
          : null;
  const mailbox = send === null || publicUrl === null ? null : { store, send, from, publicUrl, clock };
  return {
    announce: createAnnounce({ store, findRecipients, clock, mailbox }),
    notifiers: {
      console: createConsoleNotifier({ store, findRecipients, clock }),
      ...(mailbox === null ? {} : { mail: createMailNotifier({ ...mailbox, store, findRecipients }) }),
      ...(webhook === null || publicUrl === null
        ? {}
        : { webhook: createWebhookNotifier({ ...webhook, publicUrl, clock }) }),
    },
  };
};
