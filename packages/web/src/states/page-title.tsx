import { Group, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useLanguage } from '../language/use-language.tsx';

export const PageTitle = ({
  title,
  intro,
  action,
}: {
  readonly title: string;
  readonly intro: string;
  readonly action?: ReactNode;
}) => {
  const { m } = useLanguage();
  useEffect(() => {
    document.title = `${title} · ${m.frame.product}`;
  }, [title, m]);
  return (
    <Group justify="space-between" align="flex-start" mb="lg">
      <div>
        <Title order={1} size="h2">
          {title}
        </Title>
        <Text c="dimmed" size="sm">
          {intro}
        </Text>
      </div>
      {action}
    </Group>
  );
};
