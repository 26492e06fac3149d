import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { type SignInResult, signInByLink } from './sign-in.ts';

/** Takes a one-time link by pasting it. The field is emptied whatever comes of it: a link stands for a sign-in. */
export const SignInForm = ({ onSignedIn }: { readonly onSignedIn: () => void }) => {
  const { m } = useLanguage();
  const [link, setLink] = useState('');
  const [result, setResult] = useState<SignInResult | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const answered = await signInByLink(link);
    setBusy(false);
    setLink('');
    setResult(answered);
    if (answered === 'signed-in') onSignedIn();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {result !== null && result !== 'signed-in' && (
          <Alert color="red" role="alert">
            {result === 'foreign-link'
              ? m.session.linkForeign
              : result === 'refused'
                ? m.session.linkRefused
                : m.refusals.unreachable}
          </Alert>
        )}
        <TextInput
          label={m.session.link}
          description={m.session.linkHint}
          value={link}
          onChange={(event) => setLink(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <Button type="submit" loading={busy} variant="default">
          {m.session.signIn}
        </Button>
      </Stack>
    </form>
  );
};
