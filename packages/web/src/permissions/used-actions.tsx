import type { SuggestionView } from '@latchkey/contract';
import { Badge, Progress, Stack, Text } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import classes from './permissions.module.css';

type Action = SuggestionView['actions'][number];

/** How much of what a token may do it has used: a bar, and both halves by their names. */
export const UsedActions = ({ actions }: { readonly actions: readonly Action[] }) => {
  const { m } = useLanguage();
  const used = actions.filter(({ decisionCount }) => decisionCount > 0);
  const unused = actions.filter(({ decisionCount }) => decisionCount === 0);
  const words = m.rightSize.used(used.length, actions.length);
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {words}
      </Text>
      <Progress.Root size="lg" aria-hidden>
        <Progress.Section value={actions.length === 0 ? 0 : (100 * used.length) / actions.length} color="teal" />
      </Progress.Root>
      <dl className={classes['preview']}>
        {used.length > 0 && <Actions title={m.rightSize.usedOnes} actions={used} color="teal" />}
        {unused.length > 0 && <Actions title={m.rightSize.unusedOnes} actions={unused} color="gray" />}
      </dl>
    </Stack>
  );
};

const Actions = ({
  title,
  actions,
  color,
}: {
  readonly title: string;
  readonly actions: readonly Action[];
  readonly color: string;
}) => {
  const { format } = useLanguage();
  return (
    <div>
      <dt>{title}</dt>
      <dd translate="no">
        {actions.map(({ action, resourceType, decisionCount }) => (
          <Badge key={`${resourceType} ${action}`} variant="light" color={color} tt="none">
            {decisionCount > 0 ? `${action} × ${format.number(decisionCount)}` : action}
          </Badge>
        ))}
      </dd>
    </div>
  );
};
