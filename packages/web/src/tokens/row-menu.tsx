import type { TokenView } from '@latchkey/contract';
import { ActionIcon, Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { MoreIcon } from '../frame/icons.tsx';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { refusalOf } from '../refusals/refusal.ts';
import { refusalText } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';
import type { Verbs } from './verbs.ts';

export type TokenDialog =
  | 'explain'
  | 'edit'
  | 'permissions'
  | 'rightSize'
  | 'clone'
  | 'handOver'
  | 'extend'
  | 'rotate'
  | 'remove';

/** Where the focus goes when a dialog that the menu has opened is closed. */
export const focusMenuOf = (tokenId: string): void =>
  document.querySelector<HTMLElement>(`[data-menu-of="${CSS.escape(tokenId)}"]`)?.focus();

/** What can be done to a token. What stops and starts it happens at once and is said; the rest opens a dialog. */
export const RowMenu = ({
  token,
  verbs,
  onOpen,
}: {
  readonly token: TokenView;
  readonly verbs: Verbs;
  readonly onOpen: (dialog: TokenDialog, token: TokenView) => void;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const { tokenId, name, status } = token;
  const isInactive = status === 'inactive';
  const older = token.secrets.find(({ acceptedUntil }) => acceptedUntil !== null);

  const run = async (call: Promise<unknown>, done: string) => {
    try {
      await call;
      say(done);
    } catch (error) {
      say(refusalText(m, refusalOf(error)));
    }
    await queries.invalidateQueries({ queryKey: ['tokens'] });
  };
  const copyId = () => run(navigator.clipboard.writeText(tokenId), m.tokens.idCopied);
  const activate = () => run(api.tokens.activate.mutate({ tokenId }), m.tokens.activated(name));
  const cut = () => run(api.tokens.cutGracePeriod.mutate({ tokenId }), m.tokens.graceCut(name));
  const deactivate = () => run(api.tokens.deactivate.mutate({ tokenId }), m.tokens.deactivated(name));

  return (
    <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={m.tokens.menu(name)} data-menu-of={tokenId}>
          <MoreIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={m.tokens.menu(name)}>
        <Menu.Item component={Link} href={`/integrations/access-tokens/${tokenId}`}>
          {m.secrets.details}
        </Menu.Item>
        <Menu.Item onClick={() => onOpen('explain', token)}>{m.why.open}</Menu.Item>
        {verbs.manage && <Menu.Item onClick={() => onOpen('edit', token)}>{m.tokens.edit}</Menu.Item>}
        {verbs.manage && token.kind === 'personal' && (
          <Menu.Item onClick={() => onOpen('permissions', token)}>{m.tokens.permissions}</Menu.Item>
        )}
        {verbs.manage && <Menu.Item onClick={() => onOpen('rightSize', token)}>{m.tokens.rightSize}</Menu.Item>}
        {verbs.manage && <Menu.Item onClick={() => onOpen('clone', token)}>{m.tokens.clone}</Menu.Item>}
        {verbs.handOver && <Menu.Item onClick={() => onOpen('handOver', token)}>{m.tokens.handOver}</Menu.Item>}
        {verbs.manage && token.expiresAt !== null && (
          <Menu.Item onClick={() => onOpen('extend', token)}>{m.tokens.extend}</Menu.Item>
        )}
        {verbs.manage && isInactive && <Menu.Item onClick={activate}>{m.tokens.activate}</Menu.Item>}
        {verbs.stop && !isInactive && <Menu.Item onClick={deactivate}>{m.tokens.deactivate}</Menu.Item>}
        {verbs.manage && <Menu.Item onClick={() => onOpen('rotate', token)}>{m.tokens.rotate}</Menu.Item>}
        {verbs.manage && older !== undefined && <Menu.Item onClick={cut}>{m.tokens.cutGrace}</Menu.Item>}
        <Menu.Item onClick={copyId}>{m.tokens.copyId}</Menu.Item>
        {verbs.stop && (
          <Menu.Item c="var(--mantine-color-error)" onClick={() => onOpen('remove', token)}>
            {m.tokens.remove}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
};
