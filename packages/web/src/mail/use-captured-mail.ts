import { useQuery } from '@tanstack/react-query';
import { useApi } from '../session/use-api.ts';
import { useMay } from '../session/use-session.tsx';

/** Mail that was captured, asked for by administrators alone: nobody else is told. */
export const useCapturedMail = () => {
  const api = useApi();
  const may = useMay();
  return useQuery({
    queryKey: ['mail'],
    queryFn: ({ signal }) => api.system.capturedMail.query(undefined, { signal }),
    enabled: may?.mayAdminister === true,
  });
};
