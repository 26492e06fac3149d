import { Radio, Text } from '@mantine/core';
import { useId } from 'react';
import classes from './choice-card.module.css';

/** One of several choices, with a sentence on it; or with why it can't be chosen. */
export const ChoiceCard = ({
  value,
  label,
  text,
  refused = null,
}: {
  readonly value: string;
  readonly label: string;
  readonly text: string;
  readonly refused?: string | null;
}) => {
  const id = useId();
  return (
    <label htmlFor={`${id}-choice`} className={classes['card']} data-refused={refused !== null || undefined}>
      <Radio id={`${id}-choice`} value={value} disabled={refused !== null} aria-label={label} aria-describedby={id} />
      <span>
        <Text component="span" display="block" size="sm" fw={600}>
          {label}
        </Text>
        <Text component="span" display="block" size="xs" c="dimmed" id={id}>
          {text} {refused}
        </Text>
      </span>
    </label>
  );
};
