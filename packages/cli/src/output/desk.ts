import { styleText } from 'node:util';
import type { Say } from '../language/say.ts';
import type { Sink, World } from '../world.ts';
import { escapeText } from './escape.ts';
import type { OutputFormat } from './format.ts';
import { toJson, toJsonLine, toYaml } from './structured.ts';
import type { TableStyle } from './table.ts';

/** Where a command puts what it has to say: data on standard output, everything else on standard error. */
export interface Desk {
  readonly say: Say;
  readonly format: OutputFormat;
  /** Whether messages are for a program: one JSON object a line. */
  readonly machine: boolean;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  /** Whether standard output is read by a person and not by a program. */
  readonly shownToPerson: boolean;
  /** The answer, for programs as it is, for people as `table` draws it. `false` where nobody was reading any more. */
  readonly data: (value: unknown, table: (style: TableStyle) => string) => Promise<boolean>;
  /** The answer where it is text already, in a format of its own. */
  readonly text: (text: string) => Promise<boolean>;
  /** What a person wants to know and a program doesn't. */
  readonly notice: (text: string) => Promise<boolean>;
  /** What both want to know. */
  readonly warn: (code: string, text: string) => Promise<boolean>;
  /** Without an end of line, to a person. */
  readonly ask: (text: string) => Promise<boolean>;
}

export interface DeskOptions {
  readonly say: Say;
  /** `null`: nobody asked for one; a table on a terminal, JSON otherwise. */
  readonly format: OutputFormat | null;
}

export const createDesk = (world: World, { say, format: asked }: DeskOptions): Desk => {
  const { stdout, stderr, stdin, environment } = world;
  const format = asked ?? (stdout.isTTY === true ? 'table' : 'json');
  // Somebody who pipes into jq still reads the messages: they become JSON where it was asked for, or nobody is there.
  const machine = format === 'json' && (asked === 'json' || stderr.isTTY !== true);
  const colored = stdout.isTTY === true && !environment.plain;
  const style: TableStyle = {
    width: stdout.isTTY === true ? (stdout.columns ?? 80) : null,
    heading: (text) => (colored ? styleText('bold', text, { validateStream: false }) : text),
  };
  const line = (text: string) => put(stderr, `${escapeText(text)}\n`);
  return {
    say,
    format,
    machine,
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    shownToPerson: stdout.isTTY === true,
    data: (value, table) => {
      const text = format === 'json' ? toJson(value) : format === 'yaml' ? toYaml(value) : table(style);
      return put(stdout, text);
    },
    text: (text) => put(stdout, text),
    notice: async (text) => (machine ? true : line(text)),
    warn: (code, text) =>
      machine ? put(stderr, toJsonLine({ warning: { code, message: text } })) : line(`${say('warning')}: ${text}`),
    ask: (text) => put(stderr, escapeText(text)),
  };
};

/** Writes, and says whether it was taken: a reader that has gone away, such as `head`, is no error. */
const put = (sink: Sink, text: string): Promise<boolean> =>
  new Promise((written) => sink.write(text, (error) => written(!error)));
