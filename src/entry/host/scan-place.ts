import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import { isBelow } from './checkouts.ts';
import type { Environment } from './host.ts';

/** What BuildKit wants to have scanned, and where the documents belong. */
export interface ScanPlace {
  readonly targets: readonly [Target, ...Target[]];
  readonly destination: string;
  /** When the documents are to say that they were made: RFC 3339 in UTC. */
  readonly created: string;
}

interface Target {
  readonly name: string;
  readonly folder: string;
}

const HINT = 'BuildKit runs this command: docker buildx build --attest type=sbom,generator=IMAGE';

/**
 * Reads the variables of BuildKit's protocol for scanners.
 * @throws VarveError `bad-option` when it was not BuildKit that called.
 * @see https://github.com/moby/buildkit/blob/v0.34.2/docs/attestations/sbom-protocol.md
 */
export function readScanPlace(environment: Environment): ScanPlace {
  const source = requireFolder('BUILDKIT_SCAN_SOURCE', environment);
  const destination = requireFolder('BUILDKIT_SCAN_DESTINATION', environment);
  const core = { name: basename(resolve(source)), folder: source };
  const extras = listExtras(environment.BUILDKIT_SCAN_SOURCE_EXTRAS);
  const again = extras.find(({ name }) => name === core.name);
  if (again !== undefined) {
    throw new VarveError('bad-option', `${again.folder} and ${source} have the same name`, {
      object: again.folder,
      hint: 'their documents would be one file: name the folders differently',
    });
  }
  return { targets: [core, ...extras], destination, created: readCreated(environment) };
}

/**
 * Refuses a file in what is scanned that is a link, or behind one: it leads to where the author of that wants.
 * @throws VarveError `bad-option`.
 */
export function refuseWayOut(path: string, { targets }: ScanPlace): void {
  const within = targets.find(({ folder }) => isBelow(resolve(path), [resolve(folder)]));
  if (within === undefined || isBelow(realpathSync(path), [realpathSync(within.folder)])) return;
  throw new VarveError('bad-option', `${path} leads out of ${within.folder}`, {
    object: path,
    hint: 'name the file itself: links of what is scanned are not followed',
  });
}

function requireFolder(variable: string, environment: Environment): string {
  const path = environment[variable];
  if (path === undefined || path === '')
    throw new VarveError('bad-option', `${variable} is not set`, { object: variable, hint: HINT });
  if (isFolder(path)) return path;
  throw new VarveError('bad-option', `${variable}: ${path} is not a folder`, {
    object: variable,
    hint: HINT,
  });
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The folders in a folder. BuildKit puts nothing else there, and no links. */
function listExtras(folder: string | undefined): Target[] {
  if (folder === undefined || folder === '' || !isFolder(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => ({ name, folder: join(folder, name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Nothing tells when a build is, and the same build is to give the same document. */
function readCreated(environment: Environment): string {
  const names = ['BUILDKIT_SCAN_SOURCE_DATE_EPOCH', 'SOURCE_DATE_EPOCH'];
  const name = names.find((each) => environment[each]);
  const text = (name && environment[name]) || '0';
  const date = new Date(/^\d{1,12}$/.test(text) ? Number(text) * 1000 : Number.NaN);
  // A year has four digits in RFC 3339.
  if (date.getTime() < 253_402_300_800_000) return date.toISOString().replace('.000Z', 'Z');
  throw new VarveError('bad-option', `${name}: ${JSON.stringify(text.slice(0, 100))} is not a time`, {
    object: String(name),
    hint: 'write the seconds since 1970, as git log -1 --format=%ct prints them',
  });
}
