import type { Missing } from '../missing.ts';
import { quote, quoteAll } from './quote.ts';
import type { Say } from './say.ts';

/** The one thing that kept a statement from matching, as a clause: where it stands, what it is and what was wanted. */
export const describeMissing = (say: Say, missing: Missing, action: string): string => {
  switch (missing.what) {
    case 'action':
      return say('missing.action', { wanted: quoteAll(say, missing.wanted), action: quote(say, action) });
    case 'excluded_action':
      return say('missing.excluded_action', { excluded: quoteAll(say, missing.excluded) });
    case 'excluded_resource':
      return say('missing.excluded_resource', { pattern: quote(say, missing.pattern) });
    case 'depth':
      return say('missing.depth', { ...missing, pattern: quote(say, missing.pattern) });
    case 'path':
      return say('missing.path', {
        ...placeOf(say, missing),
        found: quote(say, missing.found),
        wanted: quote(say, missing.wanted),
      });
    case 'tags':
      return say(missing.unknown ? 'missing.tags.unknown' : `missing.tags${tagsWanted(missing)}`, {
        ...placeOf(say, missing),
        wanted: quoteAll(say, missing.wanted),
      });
    case 'properties':
      return say(missing.unknown ? 'missing.properties.unknown' : 'missing.properties', {
        ...placeOf(say, missing),
        wanted: quoteProperties(say, missing.wanted),
      });
  }
};

export const quoteProperties = (say: Say, wanted: Readonly<Record<string, string>>): string =>
  quoteAll(
    say,
    Object.entries(wanted).map(([key, value]) => `${key}:${value}`),
  );

/** People count segments from 1. */
const placeOf = (say: Say, { pattern, segment }: { readonly pattern: string; readonly segment: number }) => ({
  pattern: quote(say, pattern),
  segment: segment + 1,
});

/** Whether one tag is wanted, one of several is enough, or all of them are needed. */
export const tagsWanted = ({ wanted, any }: Extract<Missing, { readonly what: 'tags' }>): '' | '.any' | '.all' =>
  wanted.length === 1 ? '' : any ? '.any' : '.all';
