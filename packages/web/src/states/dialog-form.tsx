import { Button, Group, Modal, Stack } from '@mantine/core';
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';

/**
 * A dialog that does one thing: it says so and closes, or stays open with why not. Whatever it touched is asked for again
 * in both cases, because a refusal often means that somebody else was there first.
 */
export const DialogForm = ({
  title,
  act,
  said,
  submit,
  danger = false,
  disabled = false,
  failed,
  touches,
  onClose,
  children,
}: {
  readonly title: string;
  readonly act: () => Promise<unknown>;
  /** The notice once it is done. */
  readonly said: string;
  /** The words on the button. */
  readonly submit: string;
  /** Something ends: the button is red, and the focus begins on Cancel. */
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Why what the dialog needs could not be loaded. */
  readonly failed?: unknown;
  /** What to ask for again; everything where left out. */
  readonly touches?: QueryKey;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) => {
  const { m } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await act();
      say(said);
      onClose();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
      await queries.invalidateQueries(touches === undefined ? {} : { queryKey: touches });
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': m.common.close }}>
      <form onSubmit={onSubmit}>
        <Stack>
          {children}
          <RefusalNotice error={error ?? failed} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} {...(danger ? { 'data-autofocus': true } : {})}>
              {m.common.cancel}
            </Button>
            <Button type="submit" loading={busy} disabled={disabled} {...(danger ? { color: 'red' } : {})}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
