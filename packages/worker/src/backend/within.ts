/** What `work` gives or, where that takes longer than `ms`, what `otherwise` does. Work that is late goes on unheard. */
export const within = async <T>(ms: number, work: Promise<T>, otherwise: () => T): Promise<T> => {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(resolve, ms, 'late');
  // Whoever lost interest must not be the cause of an unhandled rejection.
  work.catch(() => undefined);
  try {
    const first = await Promise.race([work.then((value) => ({ value })), late]);
    return first === 'late' ? otherwise() : first.value;
  } finally {
    clearTimeout(timer);
  }
};
