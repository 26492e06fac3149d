import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { useMay } from '../session/use-session.tsx';
import { Loading, NotShown } from '../states/page-state.tsx';
import { emptyDraft, type IssueDraft } from './issue-draft.ts';
import { IssueForm } from './issue-form.tsx';

/** The panel that issues a token. What was typed outlives the panel: it is there again when the panel is opened next. */
export const AddToken = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
  const may = useMay();
  const [kept, setKept] = useState<IssueDraft | null>(null);
  const catalogue = useQuery({
    queryKey: ['catalogue'],
    queryFn: () => api.permissions.catalogue.query(),
    enabled: opened,
    staleTime: 60_000,
  });
  const initial = emptyDraft(may && !may.mayManagePersonalTokens ? 'service' : 'personal');
  const discard = () => {
    setKept(null);
    onClose();
  };
  return (
    <Drawer opened={opened} onClose={onClose} title={m.add.title} closeButtonProps={{ 'aria-label': m.common.close }}>
      {catalogue.error && !catalogue.data ? (
        <NotShown error={catalogue.error} retry={() => void catalogue.refetch()} />
      ) : catalogue.data && may ? (
        <IssueForm
          draft={kept ?? initial}
          isKept={kept !== null}
          catalogue={catalogue.data}
          may={may}
          onChange={setKept}
          onDiscard={discard}
        />
      ) : (
        <Loading />
      )}
    </Drawer>
  );
};
