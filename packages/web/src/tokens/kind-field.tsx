import { Radio } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import type { Kind } from '../permissions/permission-draft.ts';
import type { May } from '../session/use-session.tsx';
import { ChoiceCard } from '../states/choice-card.tsx';
import classes from './tokens.module.css';

export const KindField = ({
  value,
  may,
  onChange,
}: {
  readonly value: Kind;
  readonly may: May;
  readonly onChange: (kind: Kind) => void;
}) => {
  const { m } = useLanguage();
  return (
    <Radio.Group label={m.add.kind} value={value} onChange={(kind) => onChange(kind as Kind)}>
      <div className={classes['kinds']}>
        <ChoiceCard
          value="personal"
          label={m.tokens.kinds.personal}
          text={m.add.personalText}
          refused={may.mayManagePersonalTokens ? null : m.add.personalMissing}
        />
        <ChoiceCard
          value="service"
          label={m.tokens.kinds.service}
          text={m.add.serviceText}
          refused={may.mayManageServiceTokens ? null : m.add.serviceMissing}
        />
      </div>
    </Radio.Group>
  );
};
