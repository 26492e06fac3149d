import type { ProcedureContract } from '@latchkey/contract';
import { z } from 'zod';

/** What a subscription gives, one after the other, and each with the listed fields only (ALLOW-LISTED-OUTPUT). */
export const streamed = <const C extends ProcedureContract & { readonly type: 'subscription' }>({
  input,
  output,
}: C) => ({
  input: input as C['input'],
  output: z
    .custom<AsyncIterable<z.input<C['output']>>>(
      (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
    )
    .transform(
      (items): AsyncIterable<z.output<C['output']>, void, undefined> => parseEach(items, output as C['output']),
    ),
});

async function* parseEach<S extends z.ZodType>(items: AsyncIterable<z.input<S>>, schema: S) {
  for await (const item of items) yield schema.parse(item);
}
