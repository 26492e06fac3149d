import type { ChainAuthority } from '@latchkey/core/audit';
import { parseLine, readLines } from './read-lines.ts';

/**
 * An organization's anchors out of JSON Lines: the worker's file of anchors, or its log as it is. Other lines are passed
 * over. @throws CliFailure
 */
export const readAnchors = async (path: string, organizationId: string): Promise<ChainAuthority['anchors']> => {
  const anchors: ChainAuthority['anchors'][number][] = [];
  for await (const [, line] of readLines(path)) {
    const value = parseLine(line);
    if (typeof value !== 'object' || value === null) continue;
    const { number, link, sealedAt, organizationId: whose } = value as Readonly<Record<string, unknown>>;
    if (whose !== organizationId || !Number.isSafeInteger(number) || !/^[0-9a-f]{64}$/.test(String(link))) continue;
    anchors.push({
      number: Number(number),
      link: String(link),
      ...(typeof sealedAt === 'number' ? { sealedAt } : {}),
    });
  }
  return anchors;
};
