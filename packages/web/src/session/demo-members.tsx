import { Alert, Badge, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import classes from './session.module.css';
import { signInAs } from './sign-in.ts';
import { useApi } from './use-api.ts';

/** The demo's members, each with what it is; nothing where this is no demo. */
export const DemoMembers = ({ onSignedIn }: { readonly onSignedIn: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
  const [failed, setFailed] = useState(false);
  const { data } = useQuery({ queryKey: ['demo'], queryFn: () => api.system.demo.query() });
  if (!data?.demo || data.signInAs.length === 0) return null;
  const organizations = Map.groupBy(data.signInAs, (member) => member.organizationName);
  const choose = async (organizationId: string, memberId: string) => {
    setFailed(false);
    if ((await signInAs(organizationId, memberId)) === 'signed-in') onSignedIn();
    else setFailed(true);
  };
  return (
    <section aria-labelledby="demo">
      <Title order={2} size="h3" id="demo">
        {m.session.demo}
      </Title>
      <Text c="dimmed" size="sm" mb="md">
        {m.session.demoText}
      </Text>
      {failed && (
        <Alert color="red" role="alert" mb="md">
          {m.refusals.unreachable}
        </Alert>
      )}
      <Stack>
        {[...organizations].map(([organization, members]) => (
          <section key={organization} aria-label={organization}>
            <Title order={3} size="h5" mb="xs">
              {organization}
            </Title>
            <div className={classes['members']}>
              {members.map((member) => (
                <Group
                  key={member.memberId}
                  className={classes['member']}
                  justify="space-between"
                  wrap="nowrap"
                  gap="xs"
                >
                  <div>
                    <UnstyledButton
                      className={classes['choose']}
                      aria-label={m.session.signInAs(member.name)}
                      onClick={() => void choose(member.organizationId, member.memberId)}
                    >
                      <Said text={member.name} />
                    </UnstyledButton>
                    <Text c="dimmed" size="xs">
                      {member.email}
                    </Text>
                  </div>
                  <Stack gap={4} align="flex-end">
                    {member.roles.map((role) => (
                      <Badge key={role} variant="default" tt="none">
                        {role}
                      </Badge>
                    ))}
                  </Stack>
                </Group>
              ))}
            </div>
          </section>
        ))}
      </Stack>
    </section>
  );
};
