import { Notification } from '@mantine/core';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import classes from './frame.module.css';

interface Notices {
  /** Shows a sentence for a while, and has screen readers say it. */
  readonly say: (text: string) => void;
}

const Context = createContext<Notices | null>(null);
const SHOWN_MS = 8_000;

export const NoticesProvider = ({ children }: { readonly children: ReactNode }) => {
  const { m } = useLanguage();
  const [notice, setNotice] = useState<{ readonly text: string; readonly number: number } | null>(null);
  const say = useCallback((text: string) => setNotice((before) => ({ text, number: (before?.number ?? 0) + 1 })), []);
  useEffect(() => {
    if (notice === null) return;
    const timer = setTimeout(() => setNotice(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  const value = useMemo(() => ({ say }), [say]);
  return (
    <Context value={value}>
      {children}
      {/* The region is always there: screen readers say what is put into it, not what comes with it. */}
      <div role="status" aria-live="polite" className={classes['notices']}>
        {notice && (
          <Notification
            key={notice.number}
            withBorder
            closeButtonProps={{ 'aria-label': m.common.dismiss }}
            onClose={() => setNotice(null)}
          >
            {notice.text}
          </Notification>
        )}
      </div>
    </Context>
  );
};

export const useNotices = (): Notices => {
  const value = use(Context);
  if (value === null) throw new Error('There is no NoticesProvider above.');
  return value;
};
