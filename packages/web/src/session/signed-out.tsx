import { Paper, Stack, Text, Title } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import { DemoMembers } from './demo-members.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { useSession } from './use-session.tsx';

export const SignedOut = () => {
  const { m } = useLanguage();
  const { signedIn } = useSession();
  const signed = () => void signedIn();
  return (
    <Stack gap="xl" maw={760} mx="auto" py="xl">
      <div>
        <Title order={1} size="h2">
          {m.session.signedOut}
        </Title>
        <Text mt="xs">{m.session.signedOutText}</Text>
      </div>
      <DemoMembers onSignedIn={signed} />
      <Paper withBorder p="lg" radius="md">
        <SignInForm onSignedIn={signed} />
      </Paper>
    </Stack>
  );
};
