import { fail } from './failure/cli-failure.ts';
import { isLanguage, type Language, languageOfLocale } from './language/languages.ts';
import { isOutputFormat, type OutputFormat } from './output/format.ts';
import type { Profile } from './profile/profile.ts';
import { profilePath, readProfile } from './profile/profile-file.ts';
import type { World } from './world.ts';

/** The flags that every command takes. */
export interface GlobalFlags {
  readonly url?: string;
  readonly profile?: string;
  readonly output?: string;
  readonly lang?: string;
  readonly allowHttp?: true;
}

/** What a command goes by: flag over environment over profile. */
export interface Settings {
  readonly language: Language;
  /** `null`: nobody asked for one. */
  readonly format: OutputFormat | null;
  readonly profileName: string;
  readonly allowHttp: boolean;
  readonly flagUrl: string | null;
  readonly environment: World['environment'];
  /** The profile, read when it is needed. @throws CliFailure */
  readonly profile: () => Promise<Profile | null>;
  /** @throws CliFailure */
  readonly profilePath: () => string;
}

/**
 * Never throws for what is wrong with a flag, a variable or the profile: it is reported in the language and in the
 * format that could be found out, by the command that needs it.
 */
export const resolveSettings = async ({ environment }: World, flags: GlobalFlags): Promise<Settings> => {
  const profileName = flags.profile ?? environment.profile ?? 'default';
  const path = () => profilePath(environment.configFolder, profileName);
  let read: Promise<Profile | null> | undefined;
  const profile = () => {
    read ??= (async () => readProfile(path()))();
    return read;
  };
  const kept = await profile().catch(() => null);
  return {
    language: [flags.lang, environment.lang, kept?.lang].find(isLanguage) ?? languageOfLocale(environment.locale),
    format: [flags.output, environment.output, kept?.output].find(isOutputFormat) ?? null,
    profileName,
    allowHttp: flags.allowHttp ?? environment.allowHttp,
    flagUrl: flags.url ?? environment.url,
    environment,
    profile,
    profilePath: path,
  };
};

/** @throws CliFailure for a value of the environment that would otherwise be passed over in silence */
export const requireValidEnvironment = ({ environment: { lang, output } }: World): void => {
  if (lang !== null && !isLanguage(lang)) throw fail('VALUE_NOT_ALLOWED', { name: 'LATCHKEY_LANG', value: lang });
  if (output !== null && !isOutputFormat(output)) {
    throw fail('VALUE_NOT_ALLOWED', { name: 'LATCHKEY_OUTPUT', value: output });
  }
};
