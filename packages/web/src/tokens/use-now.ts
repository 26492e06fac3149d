import { useEffect, useState } from 'react';

/** The present, moving on every half minute, for texts such as "3 minutes ago". */
export const useNow = (): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
};
