import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { type ScannedImport, scanFile } from './scan.ts';
import type { PackageRule } from './table.ts';

export type WorkspacePackage = {
  readonly manifest: {
    readonly name: string;
    readonly private?: boolean;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly peerDependencies?: Readonly<Record<string, string>>;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
  };
  /** Sources by path inside the package, `src/index.ts` for instance. */
  readonly files: Readonly<Record<string, string>>;
};

export type Boundaries = {
  readonly table: Readonly<Record<string, PackageRule>>;
  readonly testTooling: readonly string[];
};

/**
 * What core must not find lying around: time and chance are parameters there. Only what the language itself brings has to be looked
 * for; a platform's globals (`crypto`, `process`, `setTimeout`) do not type-check in core, whose tsconfig names no types.
 */
const ambient = new Set(['Date', 'Math.random', 'globalThis', 'eval']);

const builtins = new Set(builtinModules);
const isBuiltin = (specifier: string) => specifier.startsWith('node:') || builtins.has(specifier);
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.startsWith('test/') || file.startsWith('src/test/');
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** `@latchkey/core` allows all its entries, `@latchkey/core/policy` that one alone. */
const allows = (allowed: readonly string[], specifier: string) =>
  allowed.some((entry) => entry === specifier || (entry === packageOf(entry) && packageOf(specifier) === entry));

const checkWorkspaceImport = (
  { specifier, typesOnly }: ScannedImport,
  file: string,
  name: string,
  rule: PackageRule,
  testTooling: readonly string[],
): string | undefined => {
  if (packageOf(specifier) === name || allows(rule.imports, specifier)) return undefined;
  if (isTest(file) && testTooling.includes(packageOf(specifier))) return undefined;
  if (allows(rule.typesOf ?? [], specifier)) {
    return typesOnly ? undefined : `imports ${specifier} at run time: only its types are allowed`;
  }
  return `imports ${specifier}: the table does not allow that arrow`;
};

const checkImport = (
  imported: ScannedImport,
  file: string,
  { manifest }: WorkspacePackage,
  rule: PackageRule,
  testTooling: readonly string[],
): string | undefined => {
  const { specifier, typesOnly } = imported;
  if (specifier.startsWith('.')) {
    const target = normalize(join(dirname(file), specifier));
    return target.startsWith('..') ? `imports ${specifier}: that leaves the package` : undefined;
  }
  if (isBuiltin(specifier)) {
    return rule.browserSafe === true && !isTest(file) ? `imports ${specifier}: no Node built-ins here` : undefined;
  }
  if (specifier.startsWith('@latchkey/')) {
    const refusal = checkWorkspaceImport(imported, file, manifest.name, rule, testTooling);
    if (refusal !== undefined) return refusal;
  }
  if (isTest(file) || packageOf(specifier) === manifest.name) return undefined;
  if (rule.pure === true) return `imports ${specifier}: nothing but itself here`;
  const shipped = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  // The built pages bring their packages inside; whatever is installed has to name them.
  const needsShipped = rule.published === true && !typesOnly;
  const known = needsShipped ? shipped : { ...shipped, ...manifest.devDependencies };
  return packageOf(specifier) in known ? undefined : `imports ${specifier}, which its package.json does not name`;
};

const checkFile = (
  file: string,
  source: string,
  workspacePackage: WorkspacePackage,
  rule: PackageRule,
  testTooling: readonly string[],
): readonly string[] => {
  const { imports, globals, readsEnvironment } = scanFile(file, source, ambient);
  const problems = imports.flatMap(
    (imported) => checkImport(imported, file, workspacePackage, rule, testTooling) ?? [],
  );
  if (rule.pure === true && !isTest(file))
    problems.push(...globals.map((name) => `uses ${name}: it is a parameter here`));
  const mayRead = (rule.environment ?? []).some((entry) => file === entry || file.startsWith(`${entry}/`));
  if (readsEnvironment && !mayRead && !isTest(file)) problems.push('reads process.env: one file of the package does');
  return problems.map((problem) => `${workspacePackage.manifest.name} ${file} ${problem}`);
};

const checkManifest = ({ manifest }: WorkspacePackage, rule: PackageRule, { table, testTooling }: Boundaries) => {
  const problems: string[] = [];
  const workspace = (names: Readonly<Record<string, string>> = {}) =>
    Object.keys(names).filter((name) => name.startsWith('@latchkey/'));
  const arrows = new Set(rule.imports.map(packageOf));
  for (const name of [...workspace(manifest.dependencies), ...workspace(manifest.peerDependencies)]) {
    if (!arrows.has(name)) problems.push(`depends on ${name}: the table does not allow that arrow`);
    if (rule.published === true && table[name]?.published !== true) {
      problems.push(`is published and depends on ${name}, which is not`);
    }
  }
  const typed = new Set((rule.typesOf ?? []).map(packageOf));
  for (const name of workspace(manifest.devDependencies)) {
    if (!arrows.has(name) && !typed.has(name) && !testTooling.includes(name)) {
      problems.push(`depends on ${name} for development: the table does not allow that arrow`);
    }
  }
  if ((rule.published === true) === (manifest.private === true)) {
    problems.push(
      rule.published === true ? 'is published and says private' : 'is not published and does not say private',
    );
  }
  return problems.map((problem) => `${manifest.name} package.json ${problem}`);
};

/** Every violation, one line each; an unknown package is one too. */
export const checkBoundaries = (packages: readonly WorkspacePackage[], boundaries: Boundaries): readonly string[] =>
  packages.flatMap((workspacePackage) => {
    const { name } = workspacePackage.manifest;
    const rule = boundaries.table[name];
    if (rule === undefined) return [`${name} is not in the table of packages`];
    return [
      ...checkManifest(workspacePackage, rule, boundaries),
      ...Object.entries(workspacePackage.files).flatMap(([file, source]) =>
        checkFile(file, source, workspacePackage, rule, boundaries.testTooling),
      ),
    ];
  });
