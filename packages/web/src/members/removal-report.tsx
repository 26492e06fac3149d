import { REMOVAL_REPORT, type RemovalReport, removalReportSchema } from '@latchkey/contract';
import { List, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { Loading, NotShown } from '../states/page-state.tsx';

/** What a removal has done, once the worker has done all of it. */
export const RemovalReportDialog = ({
  memberId,
  name,
  onClose,
}: {
  readonly memberId: string;
  readonly name: string;
  readonly onClose: () => void;
}) => {
  const api = useApi();
  const { m, format } = useLanguage();
  const found = useQuery({
    queryKey: ['audit', 'removal', memberId],
    queryFn: async ({ signal }) => {
      const asked = { action: REMOVAL_REPORT, targetId: memberId, limit: 1 };
      const [event] = (await api.audit.list.query(asked, { signal })).items;
      return event === undefined ? null : { at: event.at, report: removalReportSchema.parse(event.details) };
    },
  });
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={m.removal.title(name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      {found.isPending ? (
        <Loading rows={3} />
      ) : found.data === undefined ? (
        <NotShown error={found.error} retry={() => void found.refetch()} />
      ) : found.data === null ? (
        <Text size="sm">{m.removal.notYet}</Text>
      ) : (
        <Stack>
          <Text size="sm">{m.removal.at(format.dateTime(found.data.at), found.data.report.removedBy.id)}</Text>
          <Reported title={m.removal.ended(found.data.report.ended.total)} of={found.data.report.ended} />
          <Reported title={m.removal.goingOn(found.data.report.goingOn.total)} of={found.data.report.goingOn} />
        </Stack>
      )}
    </Modal>
  );
};

const Reported = ({ title, of: { items, total } }: { readonly title: string; readonly of: RemovalReport['ended'] }) => {
  const { m, format } = useLanguage();
  return (
    <section>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm" withPadding>
        {items.map(({ tokenId, name, lastUsedAt, handedOverTo }) => (
          <List.Item key={tokenId}>
            {[
              name,
              lastUsedAt === null ? m.tokens.neverUsed : m.members.usedAt(format.dateTime(lastUsedAt)),
              ...(handedOverTo === null ? [] : [m.removal.takenOver(handedOverTo)]),
            ].join(', ')}
          </List.Item>
        ))}
      </List>
      {total > items.length && <Text size="sm">{m.policies.more(total - items.length)}</Text>}
    </section>
  );
};
