import { Paper, Stack, Text, Title } from '@mantine/core';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { Empty, Loading, NotShown } from '../states/page-state.tsx';
import { PageTitle } from '../states/page-title.tsx';
import classes from './mail.module.css';
import { useCapturedMail } from './use-captured-mail.ts';

/** What would have been sent: without an SMTP server mail is captured, and read here. */
export const MailPage = () => {
  const { m, format } = useLanguage();
  const { data, error, refetch } = useCapturedMail();
  return (
    <>
      <PageTitle title={m.mail.title} intro={m.mail.intro} />
      {data === undefined && error !== null ? (
        <NotShown error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : data.items.length === 0 ? (
        <Empty
          title={data.captures ? m.mail.empty : m.mail.sent}
          text={data.captures ? m.mail.emptyText : m.mail.sentText}
        />
      ) : (
        <Stack>
          {data.items.map((mail) => (
            <Paper key={mail.mailId} component="article" withBorder radius="md" p="md">
              <Title order={2} size="h5">
                <Said text={mail.subject} />
              </Title>
              <Text size="xs" c="dimmed">
                {m.mail.to(mail.to)}, <time dateTime={mail.at}>{format.dateTime(mail.at)}</time>
              </Text>
              <p className={classes['text']}>
                <Said text={mail.text} />
              </p>
            </Paper>
          ))}
        </Stack>
      )}
    </>
  );
};
