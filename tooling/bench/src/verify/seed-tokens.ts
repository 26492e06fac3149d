import type { World } from './world.ts';

/**
 * Tokens of three kinds, as an installation has them: personal ones with what their owner may do, personal ones that are
 * narrower, and service tokens.
 */
export const seedTokens = async (world: World, count: number): Promise<readonly string[]> => {
  const dana = await world.signIn('acme', 'dana');
  const olivia = await world.signIn('acme', 'olivia');
  const statements = [
    {
      resourceType: 'flag',
      effect: 'allow' as const,
      actions: ['ToggleFlag', 'UpdateFlagName'],
      resources: ['project/*:env/*:flag/*'],
    },
  ];
  const issued = [
    await dana.tokens.issue.mutate({ name: 'bench inherit' }),
    await dana.tokens.issue.mutate({ name: 'bench narrow', permissions: { type: 'statements', statements } }),
    await olivia.tokens.issue.mutate({
      name: 'bench service',
      kind: 'service',
      permissions: { type: 'statements', statements },
    }),
  ];
  const texts: string[] = [];
  for (const [index, { token }] of issued.entries()) {
    const share = Math.floor((count * (index + 1)) / issued.length) - Math.floor((count * index) / issued.length);
    const template = await world.templateOf(token.tokenId);
    for (const text of await world.multiply(template, share)) texts.push(text);
  }
  await world.pool.query('vacuum analyze latchkey.token, latchkey.secret');
  return texts;
};
