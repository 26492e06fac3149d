import { Button, Group, Text } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { useCapturedMail } from '../mail/use-captured-mail.ts';
import { Bell } from '../notifications/bell.tsx';
import { useMay, useSession } from '../session/use-session.tsx';
import classes from './frame.module.css';
import { AuditIcon, JobsIcon, KeyIcon, MailIcon, PeopleIcon, PolicyIcon, SettingsIcon } from './icons.tsx';
import { useNotices } from './notices.tsx';
import { Preferences } from './preferences.tsx';

/** What stands around every page: skip link, who is signed in, where one can go. */
export const Frame = ({ children }: { readonly children: ReactNode }) => {
  const { m } = useLanguage();
  const { session } = useSession();
  return (
    <div className={classes['frame']}>
      <a className={classes['skip']} href="#content">
        {m.frame.skip}
      </a>
      <header className={classes['header']}>
        <span className={classes['brand']}>
          <KeyIcon /> {m.frame.product}
        </span>
        <Group gap="md">
          <Preferences />
          {session.state === 'signed-in' && !session.ended && <Bell />}
          {session.state === 'signed-in' && <Account />}
        </Group>
      </header>
      {session.state === 'signed-in' && <Navigation />}
      <Content>{children}</Content>
    </div>
  );
};

const Account = () => {
  const { m } = useLanguage();
  const { say } = useNotices();
  const { session, signOut } = useSession();
  if (session.state !== 'signed-in') return null;
  const { member, organization } = session.who;
  return (
    <Group gap="sm" role="group" aria-label={m.frame.account(member.name)}>
      <Text size="sm">
        <strong>
          <Said text={member.name} />
        </strong>
        , <Said text={organization.name} />
      </Text>
      <Button size="xs" variant="default" onClick={() => signOut().catch(() => say(m.frame.signOutFailed))}>
        {m.frame.signOut}
      </Button>
    </Group>
  );
};

const Navigation = () => {
  const { m } = useLanguage();
  const captures = useCapturedMail().data?.captures === true;
  const boardUrl = useMay()?.boardUrl ?? null;
  return (
    <nav className={classes['navigation']} aria-label={m.frame.navigation}>
      <div className={classes['heading']}>{m.frame.integrations}</div>
      <Destination to="/integrations/access-tokens" icon={<KeyIcon />} label={m.frame.accessTokens} />
      <div className={classes['heading']}>{m.frame.people}</div>
      <Destination to="/members" icon={<PeopleIcon />} label={m.frame.members} />
      <Destination to="/policies" icon={<PolicyIcon />} label={m.frame.policies} />
      <Destination to="/audit" icon={<AuditIcon />} label={m.frame.audit} />
      <Destination to="/settings" icon={<SettingsIcon />} label={m.frame.settings} />
      {captures && <Destination to="/mail" icon={<MailIcon />} label={m.mail.title} />}
      {boardUrl !== null && (
        // Not a page of the console: the worker serves it, and asks again who is there.
        <a href={boardUrl} className={classes['link'] ?? ''}>
          <JobsIcon />
          {m.frame.jobs}
        </a>
      )}
    </nav>
  );
};

const Destination = ({
  to,
  icon,
  label,
}: {
  readonly to: string;
  readonly icon: ReactNode;
  readonly label: string;
}) => {
  const [path] = useLocation();
  const here = path === to || path.startsWith(`${to}/`);
  return (
    <Link href={to} className={classes['link'] ?? ''} aria-current={here ? 'page' : undefined}>
      {icon}
      {label}
    </Link>
  );
};

/** Takes the focus when the page changes, as a page load would: a reader would not learn of the change otherwise. */
const Content = ({ children }: { readonly children: ReactNode }) => {
  const [path] = useLocation();
  const page = path.split('/').slice(0, 3).join('/');
  const main = useRef<HTMLElement>(null);
  const shown = useRef(page);
  useEffect(() => {
    const before = shown.current;
    if (before === page) return;
    shown.current = page;
    // From `/` one is sent on at once: that is still the first page.
    if (before === '/') return;
    main.current?.focus();
    window.scrollTo(0, 0);
  }, [page]);
  return (
    <main id="content" ref={main} tabIndex={-1} className={classes['main']}>
      {children}
    </main>
  );
};
