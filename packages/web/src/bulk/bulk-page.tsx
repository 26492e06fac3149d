import { Alert, Button, Group, Progress, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { PageTitle } from '../states/page-title.tsx';
import { useIssuers } from '../tokens/use-issuers.ts';
import { useNow } from '../tokens/use-now.ts';
import { emptyBulkDraft } from './bulk-draft.ts';
import { BulkForm } from './bulk-form.tsx';
import { bulkReportCsv, downloadText } from './bulk-report.ts';
import { type BulkSum, nothingYet, usedLately } from './bulk-run.ts';
import { BulkTable } from './bulk-table.tsx';
import { type BulkState, useBulk } from './use-bulk.ts';

/** Many tokens at once: chosen by a filter, listed, agreed to, stopped step by step, reported. */
export const BulkPage = () => {
  const { m } = useLanguage();
  const [draft, setDraft] = useState(emptyBulkDraft);
  const { state, pausing, list, stop, pause, again } = useBulk();
  const owners = useIssuers([], draft.owner);
  const ownerNames = new Map(owners.map(({ id, name }) => [id, name]));
  return (
    <>
      <PageTitle
        title={m.bulk.title}
        intro={m.bulk.intro}
        action={<Link href="/integrations/access-tokens">{m.bulk.back}</Link>}
      />
      <Stack>
        {state.phase === 'choosing' && (
          <>
            <BulkForm draft={draft} owners={owners} onChange={setDraft} onSubmit={() => void list(draft)} />
            <RefusalNotice error={state.error} />
          </>
        )}
        {state.phase === 'listing' && (
          <Group role="status">
            <Text>{m.bulk.listing(state.sum.items.length)}</Text>
            <Button variant="default" onClick={pause} loading={pausing}>
              {m.common.cancel}
            </Button>
          </Group>
        )}
        {state.phase === 'listed' && (
          <>
            <Confirm state={state} onAgreed={() => void stop(state.asked, state.sum, nothingYet)} onBack={again} />
            {state.sum.items.length > 0 && <BulkTable items={state.sum.items} ownerNames={ownerNames} />}
          </>
        )}
        {state.phase === 'stopping' && <Working state={state} pausing={pausing} onPause={pause} />}
        {state.phase === 'ended' && (
          <>
            <Ended state={state} onGoOn={() => void stop(state.asked, state.listed, state.sum)} onBack={again} />
            {state.sum.items.length > 0 && <BulkTable items={state.sum.items} ownerNames={ownerNames} />}
          </>
        )}
      </Stack>
    </>
  );
};

type In<Phase extends BulkState['phase']> = Extract<BulkState, { readonly phase: Phase }>;

/** What the list says, and the number typed by hand before anything happens. */
const Confirm = ({
  state: { asked, sum },
  onAgreed,
  onBack,
}: {
  readonly state: In<'listed'>;
  readonly onAgreed: () => void;
  readonly onBack: () => void;
}) => {
  const { m } = useLanguage();
  const [typed, setTyped] = useState('');
  const count = sum.items.length;
  const lately = usedLately(sum.items, useNow());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === String(count)) onAgreed();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text fw={600} role="status">
          {count === 0 ? m.bulk.none : m.bulk.found(count)}
        </Text>
        {lately > 0 && <Alert color="orange">{m.bulk.usedLately(lately)}</Alert>}
        <Notes sum={sum} />
        {count > 0 && (
          <TextInput
            label={m.bulk.confirm(count)}
            inputMode="numeric"
            value={typed}
            maxLength={10}
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
            maw={280}
          />
        )}
        <Group>
          {count > 0 && (
            <Button type="submit" color="red" disabled={typed.trim() !== String(count)}>
              {m.bulk.submit[asked.action](count)}
            </Button>
          )}
          {count > 0 && <Csv sum={sum} />}
          <Button variant="default" onClick={onBack}>
            {m.bulk.again}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

const Working = ({
  state: { listed, sum },
  pausing,
  onPause,
}: {
  readonly state: In<'stopping'>;
  readonly pausing: boolean;
  readonly onPause: () => void;
}) => {
  const { m, format } = useLanguage();
  const total = listed.items.length;
  const said = m.bulk.working(format.number(sum.items.length), format.number(total));
  return (
    <Stack>
      <Text role="status">{said}</Text>
      <Progress value={total === 0 ? 0 : (100 * sum.items.length) / total} aria-label={said} />
      <Group>
        <Button variant="default" onClick={onPause} loading={pausing}>
          {m.bulk.pause}
        </Button>
      </Group>
    </Stack>
  );
};

const Ended = ({
  state: { sum, error },
  onGoOn,
  onBack,
}: {
  readonly state: In<'ended'>;
  readonly onGoOn: () => void;
  readonly onBack: () => void;
}) => {
  const { m } = useLanguage();
  const left = sum.items.filter(({ outcome }) => outcome === 'left').length;
  const isUnfinished = error !== null || sum.resume !== null;
  return (
    <Stack>
      <Text fw={600} role="status">
        {m.bulk.report}: {m.bulk.done(sum.stoppedCount)}
      </Text>
      {left > 0 && <Text size="sm">{m.bulk.left(left)}</Text>}
      <Notes sum={sum} />
      <RefusalNotice error={error} />
      {isUnfinished && (
        <Alert color="orange" title={m.bulk.unfinished}>
          {m.bulk.unfinishedText}
        </Alert>
      )}
      <Group>
        {sum.resume !== null && <Button onClick={onGoOn}>{m.bulk.goOn}</Button>}
        <Csv sum={sum} />
        <Button variant="default" onClick={onBack}>
          {m.bulk.again}
        </Button>
      </Group>
    </Stack>
  );
};

const Notes = ({ sum: { skippedCount, undecidedCount } }: { readonly sum: BulkSum }) => {
  const { m } = useLanguage();
  return (
    <>
      {skippedCount > 0 && <Text size="sm">{m.bulk.skipped(skippedCount)}</Text>}
      {undecidedCount > 0 && <Text size="sm">{m.bulk.undecided(undecidedCount)}</Text>}
    </>
  );
};

const Csv = ({ sum: { items } }: { readonly sum: BulkSum }) => {
  const { m } = useLanguage();
  return (
    <Button variant="default" onClick={() => downloadText('latchkey-tokens.csv', bulkReportCsv(items))}>
      {m.bulk.csv}
    </Button>
  );
};
