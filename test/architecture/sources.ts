// What the walls are checked against: every source file of the product, taken apart by a real parser.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseSync } from 'vite';

export const ROOT = path.join(import.meta.dirname, '..', '..');

export const ROOMS = [
  'contracts',
  'runtime',
  'registry',
  'broker',
  'ingest',
  'diagnosis-rules',
  'alerts',
  'field-service',
  'api',
  'web',
  'device-sim',
  'engines',
  'main',
  'client',
] as const;
export type Room = (typeof ROOMS)[number];

/** `specifier` is null when it is not written as a plain string, so that nobody can see where it leads. */
export type Import = { specifier: string | null; how: 'import' | 'dynamic' | 'require' | 'url'; typeOnly: boolean };

export type Source = {
  /** Below the root, with slashes. */
  file: string;
  text: string;
  imports: Import[];
  /** `export *` and default exports. */
  looseExports: string[];
  readsClock: boolean;
  readsEnvironment: boolean;
  startsThread: boolean;
};

type Node = { type: string } & Record<string, unknown>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
const isName = (value: unknown, name: string): boolean =>
  isNode(value) && value.type === 'Identifier' && value.name === name;
const plainString = (value: unknown): string | null =>
  isNode(value) && value.type === 'Literal' && typeof value.value === 'string' ? value.value : null;

/** `object.property`, also behind `globalThis.` and as `object['property']`. */
function isMember(node: Node, object: string, property: string): boolean {
  if (node.type !== 'MemberExpression') return false;
  const named = isName(node.property, property) || plainString(node.property) === property;
  const owner = node.object;
  return named && (isName(owner, object) || (isNode(owner) && isMember(owner, 'globalThis', object)));
}

function allNodes(value: unknown, seen: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) allNodes(item, seen);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) seen(value);
  for (const child of Object.values(value)) allNodes(child, seen);
}

const typeOnlyNames = (node: Node): boolean => {
  const names = node.specifiers as Node[] | undefined;
  return (names?.length ?? 0) > 0 && names!.every((name) => (name.importKind ?? name.exportKind) === 'type');
};

/** The import that a node makes, if it makes one. */
function importOf(node: Node): Import | null {
  const from = (how: Import['how'], source: unknown, typeOnly = false): Import => ({
    specifier: plainString(source),
    how,
    typeOnly,
  });
  const [first, second] = (node.arguments as unknown[] | undefined) ?? [];
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!node.source) return null;
      return from('import', node.source, (node.importKind ?? node.exportKind) === 'type' || typeOnlyNames(node));
    case 'ImportExpression':
      return from('dynamic', node.source);
    case 'TSImportType':
      return from('import', node.source, true);
    case 'TSExternalModuleReference':
      return from('require', node.expression);
    case 'CallExpression':
      return isName(node.callee, 'require') ? from('require', first) : null;
    case 'NewExpression':
      return isName(node.callee, 'URL') &&
        isNode(second) &&
        isNode(second.object) &&
        second.object.type === 'MetaProperty'
        ? from('url', first)
        : null;
    default:
      return null;
  }
}

const readsClock = (node: Node): boolean =>
  isMember(node, 'Date', 'now') ||
  (isName(node.callee, 'Date') && (node.type === 'CallExpression' || (node.arguments as unknown[]).length === 0));

const readsEnvironment = (node: Node): boolean =>
  isMember(node, 'process', 'env') ||
  // const { env } = process
  (node.type === 'VariableDeclarator' &&
    isName(node.init, 'process') &&
    isNode(node.id) &&
    node.id.type === 'ObjectPattern' &&
    (node.id.properties as Node[]).some(({ key }) => isName(key, 'env')));

const startsThread = (node: Node): boolean =>
  node.type === 'ImportDeclaration' &&
  plainString(node.source) === 'node:worker_threads' &&
  (node.specifiers as Node[]).some(({ type, imported }) => type !== 'ImportSpecifier' || isName(imported, 'Worker'));

export function readSource(file: string, text: string): Source {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0]!.message}`);
  const source: Source = {
    file,
    text,
    imports: [],
    looseExports: [],
    readsClock: false,
    readsEnvironment: false,
    startsThread: false,
  };
  allNodes(program, (node) => {
    const found = importOf(node);
    if (found) source.imports.push(found);
    if (node.type === 'ExportAllDeclaration') source.looseExports.push('export *');
    if (node.type === 'ExportDefaultDeclaration') source.looseExports.push('export default');
    source.readsClock ||= readsClock(node);
    source.readsEnvironment ||= readsEnvironment(node);
    source.startsThread ||= startsThread(node);
  });
  return source;
}

/** Every .ts and .tsx file of a room. */
export function sourcesOf(room: Room): Source[] {
  return fs
    .readdirSync(path.join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(room, name.split(path.sep).join('/')))
    .filter((file) => /\.tsx?$/.test(file) && !/\/(node_modules|dist)\//.test(file))
    .map((file) => readSource(file, fs.readFileSync(path.join(ROOT, file), 'utf8')));
}
