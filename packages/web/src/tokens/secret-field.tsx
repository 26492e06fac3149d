import { Button, Group, Text, VisuallyHidden } from '@mantine/core';
import { useId, useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import classes from './tokens.module.css';

/** A text that holds the secret, with its button. It is text and no input: browsers remember inputs. */
export const SecretField = ({
  label,
  copyLabel,
  text,
  onCopied,
}: {
  readonly label: string;
  readonly copyLabel: string;
  readonly text: string;
  readonly onCopied: () => void;
}) => {
  const { m } = useLanguage();
  const id = useId();
  const [result, setResult] = useState<'copied' | 'failed' | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setResult('copied');
      onCopied();
    } catch {
      setResult('failed');
    }
  };
  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" mb={4}>
        <Text id={id} size="sm" fw={600}>
          {label}
        </Text>
        <Button
          size="xs"
          variant={result === 'copied' ? 'light' : 'default'}
          onClick={() => void copy()}
          aria-label={result === 'copied' ? `${copyLabel}: ${m.common.copied}` : copyLabel}
        >
          {result === 'copied' ? m.common.copied : m.common.copy}
        </Button>
      </Group>
      <code className={classes['secret']} translate="no">
        {text}
      </code>
      <div aria-live="polite">
        {result === 'copied' && <VisuallyHidden>{m.reveal.copied}</VisuallyHidden>}
        {result === 'failed' && (
          <Text size="sm" c="red">
            {m.reveal.copyFailed}
          </Text>
        )}
      </div>
    </section>
  );
};
