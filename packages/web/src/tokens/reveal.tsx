import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { curlCommand, envLine } from './reveal-text.ts';
import { SecretField } from './secret-field.tsx';

/** A token's text on its only way to a person. */
interface Revealed {
  readonly tokenText: string;
  readonly name: string;
  readonly because: 'issued' | 'rotated';
  /** Of the secret before it; `null` where there was none or it has ended. */
  readonly olderUntil: string | null;
  /** Puts the focus back to where it came from, once the dialog is closed. */
  readonly returnFocus: () => void;
}

interface Reveal {
  readonly reveal: (revealed: Revealed) => void;
}

const Context = createContext<Reveal | null>(null);

/**
 * SECRET-ONCE: the text lives in this component's state while its dialog is open, and nowhere else: no query or mutation
 * cache, no history, no storage, no log. It stands above the pages, so that going back doesn't lose it by accident.
 */
export const RevealProvider = ({ children }: { readonly children: ReactNode }) => {
  const { m } = useLanguage();
  const { say } = useNotices();
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const value = useMemo(() => ({ reveal: setRevealed }), []);
  const close = useCallback(() => {
    setRevealed(null);
    say(m.reveal.gone);
    revealed?.returnFocus();
  }, [say, m, revealed]);
  return (
    <Context value={value}>
      {children}
      {revealed && <RevealDialog revealed={revealed} onClosed={close} />}
    </Context>
  );
};

export const useReveal = (): Reveal => {
  const value = use(Context);
  if (value === null) throw new Error('There is no RevealProvider above.');
  return value;
};

const RevealDialog = ({ revealed, onClosed }: { readonly revealed: Revealed; readonly onClosed: () => void }) => {
  const { m, format } = useLanguage();
  const { tokenText, name, because, olderUntil } = revealed;
  const [copied, setCopied] = useState(false);
  const [asked, setAsked] = useState(false);

  useEffect(() => {
    if (copied) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [copied]);

  const leave = () => (copied ? onClosed() : setAsked(true));
  const wasCopied = () => {
    setCopied(true);
    setAsked(false);
  };
  return (
    <Modal
      opened
      onClose={leave}
      closeOnClickOutside={false}
      size="xl"
      title={because === 'issued' ? m.reveal.issued(name) : m.reveal.rotated(name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
      transitionProps={{ duration: 0 }}
    >
      {/* Selecting the text and copying it by hand is copying, too. */}
      <Stack onCopy={wasCopied}>
        <Text size="sm">{m.reveal.once}</Text>
        {because === 'rotated' && (
          <Text size="sm" c="dimmed">
            {olderUntil === null ? m.reveal.olderEnded : m.reveal.olderUntil(format.dateTime(olderUntil))}
          </Text>
        )}
        <SecretField label={m.reveal.token} copyLabel={m.reveal.copyToken} text={tokenText} onCopied={wasCopied} />
        <SecretField
          label={m.reveal.envLine}
          copyLabel={m.reveal.copyEnvLine}
          text={envLine(tokenText)}
          onCopied={wasCopied}
        />
        <SecretField
          label={m.reveal.curl}
          copyLabel={m.reveal.copyCurl}
          text={curlCommand(tokenText, location.origin)}
          onCopied={wasCopied}
        />
        {asked && !copied ? (
          <Alert color="orange" title={m.reveal.notCopied} role="alert">
            <Text size="sm" mb="sm">
              {m.reveal.notCopiedText}
            </Text>
            <Group gap="sm">
              <Button variant="default" onClick={() => setAsked(false)} data-autofocus>
                {m.reveal.goBack}
              </Button>
              <Button color="red" onClick={onClosed}>
                {m.reveal.closeAnyway}
              </Button>
            </Group>
          </Alert>
        ) : (
          <Group justify="flex-end">
            <Button onClick={leave}>{m.reveal.done}</Button>
          </Group>
        )}
      </Stack>
    </Modal>
  );
};
