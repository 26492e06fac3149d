import type { TokenView } from '@latchkey/contract';
import { Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { DialogForm } from '../states/dialog-form.tsx';

export const EditToken = ({ token, onClose }: { readonly token: TokenView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
  const [name, setName] = useState(token.name);
  const [description, setDescription] = useState(token.description ?? '');
  // What has been saved already: after a refusal in between, the rest is repeated from there.
  const [saved, setSaved] = useState(token);

  const save = async () => {
    const { tokenId } = token;
    let { revision } = saved;
    if (name !== saved.name) {
      const renamed = await api.tokens.rename.mutate({ tokenId, name, revision });
      setSaved(renamed);
      revision = renamed.revision;
    }
    if (description !== (saved.description ?? '')) {
      await api.tokens.describe.mutate({ tokenId, description: description === '' ? null : description, revision });
    }
  };
  return (
    <DialogForm
      title={m.edit.title(token.name)}
      act={save}
      said={m.tokens.saved(name)}
      submit={m.common.save}
      touches={['tokens']}
      onClose={onClose}
    >
      <TextInput
        label={m.add.name}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        required
        data-autofocus
      />
      <Textarea
        label={m.add.description}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        maxLength={2_000}
        autosize={false}
        rows={3}
      />
      {token.kind === 'service' && (
        <Text size="xs" c="dimmed">
          {m.edit.frozen}
        </Text>
      )}
    </DialogForm>
  );
};
