import { VarveError } from '../../base/errors.ts';

/** The name of a layer's file, which `oras pull` restores it under. */
export const TITLE = 'org.opencontainers.image.title';

const LONGEST_TITLE = 1024;
const LONGEST_SEGMENT = 255;

/**
 * Takes a title as the path of a file below a folder, with slashes.
 * @param object names what has the title, in errors.
 * @throws VarveError `malformed` for whatever could lead out of the folder or be another name on another system.
 */
export function parseTitle(title: string, object: string): string {
  const problem = problemOf(title);
  if (problem === null) return title;
  throw new VarveError(
    'malformed',
    `${object}: the title ${JSON.stringify(title.slice(0, 200))} ${problem}`,
    {
      object,
    },
  );
}

/** The titles of an artifact's files. @throws VarveError `malformed` for one that stands twice, or is a folder of another. */
export function verifyTitles(titles: readonly string[], object: string): void {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const title of titles) {
    if (files.has(title)) throw clash(title, object, 'stands twice');
    files.add(title);
    for (let at = title.indexOf('/'); at >= 0; at = title.indexOf('/', at + 1))
      folders.add(title.slice(0, at));
  }
  const both = titles.find((title) => folders.has(title));
  if (both !== undefined) throw clash(both, object, 'is a file and a folder');
}

function problemOf(title: string): string | null {
  if (title === '') return 'is empty';
  if (title.length > LONGEST_TITLE || !title.isWellFormed()) return 'is not the name of a file';
  if (hasControl(title) || title.includes('\\') || title.includes(':')) return 'is not the name of a file';
  const segments = title.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'does not stay in its folder';
  }
  return segments.some((segment) => Buffer.byteLength(segment) > LONGEST_SEGMENT) ? 'is too long' : null;
}

function hasControl(text: string): boolean {
  return [...text].some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 || code === 0x7f;
  });
}

function clash(title: string, object: string, problem: string): VarveError {
  return new VarveError('malformed', `${object}: the title ${JSON.stringify(title)} ${problem}`, { object });
}
