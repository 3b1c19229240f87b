import { digestOf } from '../../base/digest.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import type { LayerView } from './rootfs-reader.ts';

/** A path that a layer states as several things, one after the other. */
export interface RestatedPath {
  readonly path: string;
  /** Stands for all that is stated. */
  readonly statements: string;
  /** Whether every statement makes it a directory. */
  readonly isDirectory: boolean;
  /** Attributes that the directory was given, and that its last statement leaves out. */
  readonly dropped: Attributes;
}

type Attributes = Readonly<Record<string, string>>;

interface Name {
  restated?: RestatedPath;
  readonly below: Map<string, Name>;
}

/** The paths that a layer states as several things: what refers to one depends on what was stated before it. */
export class RestatedPaths {
  readonly #root: Name = { below: new Map() };

  constructor(layer: LayerView) {
    if (!layer.header.findings.some(({ code }) => code === 'duplicate-entry')) return;
    let statements: InventoryEntry[] = [];
    for (const entry of layer.entries()) {
      if (statements[0]?.path !== entry.path) {
        this.#add(statements);
        statements = [];
      }
      statements.push(entry);
    }
    this.#add(statements);
  }

  /** Those that a path leads over, itself included, the uppermost first. */
  on(path: string): RestatedPath[] {
    const found: RestatedPath[] = [];
    let name: Name | undefined = this.#root;
    if (name.below.size === 0) return found;
    for (const part of path.split('/')) {
      name = name.below.get(part);
      if (name === undefined) break;
      if (name.restated) found.push(name.restated);
    }
    return found;
  }

  #add(statements: readonly InventoryEntry[]): void {
    const things = new Set(statements.map(tellStatement));
    const [first] = statements;
    if (first === undefined || things.size < 2) return;
    let name = this.#root;
    for (const part of first.path.split('/')) {
      const next = name.below.get(part) ?? { below: new Map() };
      name.below.set(part, next);
      name = next;
    }
    name.restated = {
      path: first.path,
      statements: `${things.size} statements, ${digestOf([...things].join('\n'))}`,
      isDirectory: statements.every(({ type }) => type === 'dir'),
      dropped: findDropped(statements),
    };
  }
}

/** A directory over a directory keeps what it does not state; anything else replaces it. */
export function findDropped(statements: readonly Pick<InventoryEntry, 'type' | 'xattrs'>[]): Attributes {
  let given: Attributes = {};
  for (const { type, xattrs } of statements) given = type === 'dir' ? { ...given, ...xattrs } : {};
  const last = statements.at(-1)?.xattrs ?? {};
  return Object.fromEntries(Object.entries(given).filter(([name]) => !Object.hasOwn(last, name)));
}

/** Tells two statements about a path apart, whatever their times. */
export const tellStatement = ({
  type,
  mode,
  uid,
  gid,
  sha256,
  xattrs,
  device,
  ...link
}: InventoryEntry): string =>
  JSON.stringify([type, mode, uid, gid, sha256, xattrs, device, link.linkTarget, link.linkTargetBase64]);
