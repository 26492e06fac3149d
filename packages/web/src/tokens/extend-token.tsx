import type { TokenView } from '@latchkey/contract';
import { Text } from '@mantine/core';
import { useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { DialogForm } from '../states/dialog-form.tsx';
import { DEFAULT_EXPIRY, expiryInstant } from './expiry.ts';
import { ExpiryField } from './expiry-field.tsx';

/** A later expiry; the secret stays. */
export const ExtendToken = ({ token, onClose }: { readonly token: TokenView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m, format } = useLanguage();
  const [expiry, setExpiry] = useState(DEFAULT_EXPIRY);
  const { tokenId, name, expiresAt, revision } = token;
  const act = () => {
    const instant = expiryInstant(expiry, Date.now());
    return api.tokens.extend.mutate({ tokenId, expiresAt: instant === 'invalid' ? expiry.local : instant, revision });
  };
  return (
    <DialogForm
      title={m.extend.title(name)}
      act={act}
      said={m.tokens.saved(name)}
      submit={m.extend.submit}
      touches={['tokens']}
      onClose={onClose}
    >
      {expiresAt !== null && <Text size="sm">{m.extend.present(format.dateTime(expiresAt))}</Text>}
      <ExpiryField value={expiry} onChange={setExpiry} />
    </DialogForm>
  );
};
