import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { signInAs } from './sign-in.ts';
import { SignInForm } from './sign-in-form.tsx';
import { useApi } from './use-api.ts';
import { useSession, useWho } from './use-session.tsx';

/**
 * Stands over the page when its session has ended. The page stays mounted below, with everything that was typed; it
 * can't be closed, because nothing on the page would work.
 */
export const SessionEnded = () => {
  const api = useApi();
  const { m } = useLanguage();
  const { say } = useNotices();
  const { organization, member } = useWho();
  const { session, refresh, signedIn } = useSession();
  const [still, setStill] = useState(false);
  const ended = session.state === 'signed-in' && session.ended;
  const demo = useQuery({ queryKey: ['demo'], queryFn: () => api.system.demo.query(), enabled: ended });

  const settle = async (asked: Promise<'same' | 'other' | 'nobody'>) => {
    const result = await asked;
    setStill(result === 'nobody');
    if (result === 'same') say(m.session.resumed);
  };
  const asMember = async () => {
    if ((await signInAs(organization.id, member.id)) === 'signed-in') await settle(signedIn());
    else setStill(true);
  };
  return (
    <Modal
      opened={ended}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      lockScroll={false}
      title={m.session.ended}
      zIndex={1_000}
    >
      <Stack>
        <Text size="sm">{m.session.endedText}</Text>
        <Text size="sm" c="dimmed">
          {m.session.endedOther(member.name)}
        </Text>
        {still && (
          <Alert color="red" role="alert">
            {m.session.stillEnded}
          </Alert>
        )}
        <SignInForm onSignedIn={() => void settle(signedIn())} />
        <Group>
          {demo.data?.demo && <Button onClick={() => void asMember()}>{m.session.signInAs(member.name)}</Button>}
          <Button variant="default" onClick={() => void settle(refresh())}>
            {m.session.endedElsewhere}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
};
