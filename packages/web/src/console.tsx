import { Button, Center, Loader, Stack, Text, Title } from '@mantine/core';
import { Redirect, Route, Switch } from 'wouter';
import { AuditPage } from './audit/audit-page.tsx';
import { BulkPage } from './bulk/bulk-page.tsx';
import { Frame } from './frame/frame.tsx';
import { NoticesProvider } from './frame/notices.tsx';
import { LanguageProvider, useLanguage } from './language/use-language.tsx';
import { MailPage } from './mail/mail-page.tsx';
import { MembersPage } from './members/members-page.tsx';
import { PoliciesPage } from './policies/policies-page.tsx';
import { SessionEnded } from './session/session-ended.tsx';
import { SignedOut } from './session/signed-out.tsx';
import { useSession } from './session/use-session.tsx';
import { SettingsPage } from './settings/settings-page.tsx';
import { PageTitle } from './states/page-title.tsx';
import { RevealProvider } from './tokens/reveal.tsx';
import { TokensPage } from './tokens/tokens-page.tsx';

/** The console's frame: who is signed in, or why nobody is. */
export const Console = () => {
  const { session } = useSession();
  const locale = session.state === 'signed-in' ? session.who.member.locale : null;
  // Remounted for somebody else: no form, panel or secret of the member before stays.
  const identity =
    session.state === 'signed-in' ? `${session.who.organization.id}/${session.who.member.id}` : session.state;
  return (
    <LanguageProvider memberLocale={locale}>
      <NoticesProvider>
        <Frame key={identity}>
          {session.state === 'loading' && <Waiting />}
          {session.state === 'signed-out' && <SignedOut />}
          {session.state === 'failed' && <Failed retry={session.retry} />}
          {session.state === 'signed-in' && (
            <RevealProvider>
              <Pages />
              <SessionEnded />
            </RevealProvider>
          )}
        </Frame>
      </NoticesProvider>
    </LanguageProvider>
  );
};

const Pages = () => (
  <Switch>
    <Route path="/">
      <Redirect to="/integrations/access-tokens" replace />
    </Route>
    <Route path="/integrations/access-tokens/bulk" component={BulkPage} />
    <Route path="/integrations/access-tokens/:panel?" component={TokensPage} />
    <Route path="/members" component={MembersPage} />
    <Route path="/policies" component={PoliciesPage} />
    <Route path="/audit" component={AuditPage} />
    <Route path="/settings" component={SettingsPage} />
    <Route path="/mail" component={MailPage} />
    <Route component={NotFound} />
  </Switch>
);

const NotFound = () => {
  const { m } = useLanguage();
  return <PageTitle title={m.frame.notFound} intro={m.frame.notFoundText} />;
};

const Waiting = () => {
  const { m } = useLanguage();
  return (
    <Center py="xl" role="status" aria-label={m.common.loading}>
      <Loader />
    </Center>
  );
};

const Failed = ({ retry }: { readonly retry: () => void }) => {
  const { m } = useLanguage();
  return (
    <Stack align="center" role="alert" py="xl">
      <Title order={1} size="h2">
        {m.session.failed}
      </Title>
      <Text>{m.session.failedText}</Text>
      <Button onClick={retry}>{m.common.tryAgain}</Button>
    </Stack>
  );
};
