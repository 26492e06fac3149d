import { toCsvRecord } from '@latchkey/contract';
import type { BulkItem } from './bulk-run.ts';

const COLUMNS = [
  ...['token_id', 'name', 'kind', 'owner_id', 'last_used_at', 'expires_at'],
  ...['exceeds_action', 'exceeds_resource', 'outcome'],
] as const;

/** The list or the report for a spreadsheet: the same columns in every language, and no field that it takes for a formula. */
export const bulkReportCsv = (items: readonly BulkItem[]): string =>
  [
    toCsvRecord(COLUMNS),
    ...items.map(({ tokenId, name, kind, ownerId, lastUsedAt, expiresAt, exceeds, outcome }) =>
      toCsvRecord([
        ...[tokenId, name, kind, ownerId, lastUsedAt, expiresAt],
        ...[exceeds?.action ?? null, exceeds?.resource ?? null, outcome],
      ]),
    ),
  ]
    .map((line) => `${line}\r\n`)
    .join('');

/** Hands a text to the browser as a file. The mark at its beginning tells spreadsheets that it is UTF-8. */
export const downloadText = (name: string, text: string): void => {
  const url = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
};
