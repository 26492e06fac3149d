import { join } from 'node:path';
import type { Clock, Host } from '@latchkey/core';
import { createMailCapture } from './capture-mail.ts';
import { createMailNotifier, createSmtpSender } from './mail-notifier.ts';
import type { Notifiers } from './notifier.ts';
import { createWebhookNotifier } from './webhook-notifier.ts';

export interface NotificationsConfiguration {
  /** Of the console. `null`: nobody is told by mail or webhook, because there is nothing to link to. */
  readonly publicUrl: string | null;
  /** `null`: mail is captured into the data folder. */
  readonly smtpUrl: string | null;
  readonly from: string;
  readonly webhook: { readonly url: string; readonly secret: Uint8Array; readonly allowPrivate: boolean } | null;
}

/** The ways to tell people that this configuration gives. Mail without SMTP is captured in the demo, and only there. */
export const openNotifiers = (
  { publicUrl, smtpUrl, from, webhook }: NotificationsConfiguration,
  deps: {
    readonly host: Host;
    readonly clock: Clock;
    readonly dataFolder: string | null;
    readonly production: boolean;
  },
): Notifiers => {
  if (publicUrl === null) return {};
  const { host, clock, dataFolder, production } = deps;
  const send =
    smtpUrl !== null
      ? createSmtpSender(smtpUrl)
      : dataFolder !== null && !production
        ? createMailCapture(join(dataFolder, 'mail'))
        : null;
  return {
    ...(send === null ? {} : { mail: createMailNotifier({ host, send, from, publicUrl }) }),
    ...(webhook === null ? {} : { webhook: createWebhookNotifier({ ...webhook, publicUrl, clock }) }),
  };
};
