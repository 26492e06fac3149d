import { parseSync } from 'oxc-parser';

export type ScannedImport = { readonly specifier: string; readonly typesOnly: boolean };

export type ScannedFile = {
  readonly imports: readonly ScannedImport[];
  /** What the file takes from the platform without importing it, of the names asked for. */
  readonly globals: readonly string[];
  readonly readsEnvironment: boolean;
};

type Node = { readonly type: string; readonly [key: string]: unknown };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const stringOf = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : undefined;

const isNamed = (value: unknown, name: string): boolean =>
  isNode(value) && value.type === 'Identifier' && value['name'] === name;

/** The imports of every form: static, type, re-export, dynamic, `import('x').T`, `import x = require('x')`, `require('x')`. */
const readImport = (node: Node): ScannedImport | undefined => {
  const of = (source: unknown, typesOnly: boolean) => {
    const specifier = stringOf(source);
    return specifier === undefined ? undefined : { specifier, typesOnly };
  };
  switch (node.type) {
    case 'ImportDeclaration': {
      const specifiers = node['specifiers'] as readonly Node[];
      const everyOneIsType = specifiers.length > 0 && specifiers.every((one) => one['importKind'] === 'type');
      return of(node['source'], node['importKind'] === 'type' || everyOneIsType);
    }
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return of(node['source'], node['exportKind'] === 'type');
    case 'ImportExpression':
      return of(node['source'], false);
    case 'TSImportType':
      return of(node['source'] ?? node['argument'], true);
    case 'TSExternalModuleReference':
      return of(node['expression'], false);
    case 'CallExpression':
      return isNamed(node['callee'], 'require') ? of((node['arguments'] as readonly unknown[])[0], false) : undefined;
    default:
      return undefined;
  }
};

/** The name that a node takes from the platform: `Date`, `Math.random`, `globalThis.Date`; property names are nobody's. */
const readGlobal = (node: Node, names: ReadonlySet<string>): string | undefined => {
  if (node.type === 'MemberExpression') {
    const property = node['property'];
    const key = isNode(property) && property.type === 'Identifier' ? property['name'] : stringOf(property);
    for (const owner of ['Math', 'globalThis']) {
      if (isNamed(node['object'], owner) && names.has(`${owner}.${key}`)) return `${owner}.${key}`;
    }
  }
  return node.type === 'Identifier' && names.has(node['name'] as string) ? (node['name'] as string) : undefined;
};

const isEnvironment = (node: Node): boolean => {
  if (node.type === 'ImportDeclaration' && /^(node:)?process$/.test(stringOf(node['source']) ?? '')) {
    return (node['specifiers'] as readonly Node[]).some((one) => isNamed(one['imported'], 'env'));
  }
  return (
    node.type === 'MemberExpression' &&
    isNamed(node['object'], 'process') &&
    (isNamed(node['property'], 'env') || stringOf(node['property']) === 'env')
  );
};

/** Which of a node's children are names that refer to nothing: `x.Date`, `{ Date: 1 }`, a member of a type. */
const isMereName = (parent: Node, key: string): boolean =>
  parent['computed'] !== true &&
  ((parent.type === 'MemberExpression' && key === 'property') ||
    (['Property', 'PropertyDefinition', 'MethodDefinition', 'TSPropertySignature', 'TSMethodSignature'].includes(
      parent.type,
    ) &&
      key === 'key' &&
      parent['shorthand'] !== true));

/**
 * Reads one TypeScript source.
 *
 * @param names globals to look for, such as `Date` or `Math.random`
 * @throws Error where it can not be parsed: a file that is not understood is not allowed either.
 */
export const scanFile = (file: string, source: string, names: ReadonlySet<string> = new Set()): ScannedFile => {
  const { program, errors } = parseSync(file, source);
  const error = errors[0];
  if (error !== undefined) throw new Error(`${file} can not be parsed: ${error.message}`);
  const imports: ScannedImport[] = [];
  const globals: string[] = [];
  let readsEnvironment = false;
  const visit = (node: Node): void => {
    const imported = readImport(node);
    if (imported !== undefined) imports.push(imported);
    const global = readGlobal(node, names);
    if (global !== undefined) globals.push(global);
    if (isEnvironment(node)) readsEnvironment = true;
    for (const [key, value] of Object.entries(node)) {
      if (isMereName(node, key)) continue;
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child);
    }
  };
  visit(program as unknown as Node);
  return { imports, globals, readsEnvironment };
};
