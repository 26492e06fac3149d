import type { Output } from '@latchkey/contract';
import { useQuery } from '@tanstack/react-query';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { useMay } from '../session/use-session.tsx';
import { Loading, NotShown } from '../states/page-state.tsx';
import { PageTitle } from '../states/page-title.tsx';
import { SettingsForm } from './settings-form.tsx';

export type SettingsAnswer = Output<'settings', 'get'>;

/** What the organization demands of its tokens: everybody may read it, administrators change it. */
export const SettingsPage = () => {
  const api = useApi();
  const { m } = useLanguage();
  const may = useMay();
  const { data, error, refetch } = useQuery({ queryKey: ['settings'], queryFn: () => api.settings.get.query() });
  return (
    <>
      <PageTitle title={m.settings.title} intro={m.settings.intro} />
      {data === undefined && error !== null ? (
        <NotShown error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : (
        <SettingsForm key={data.revision} stored={data} mayChange={may?.mayAdminister ?? false} />
      )}
    </>
  );
};
