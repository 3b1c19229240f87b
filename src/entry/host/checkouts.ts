import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** The folder of the git checkout that a folder is in; null where it is in none. */
export function findTop(folder: string): string | null {
  for (let place = resolve(folder); ; place = dirname(place)) {
    if (existsSync(join(place, '.git'))) return place;
    if (place === dirname(place)) return null;
  }
}

/** The folders whose files the author of a commit chose: the workflow's checkout, and that of the working directory. */
export function findCheckouts(
  { GITHUB_WORKSPACE, CI_PROJECT_DIR }: Readonly<Record<string, string | undefined>>,
  folder: string,
): readonly string[] {
  const folders = [GITHUB_WORKSPACE, CI_PROJECT_DIR, findTop(folder)].filter(
    (each) => each && isAbsolute(each),
  );
  // One folder may be reached by two names.
  return [...new Set((folders as string[]).flatMap((each) => [resolve(each), realPathOf(each)]))];
}

/** Whether a path is one of some folders or below it, as it is written. */
export function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(inside(folder)));
}

/** Whether a path is in one of some folders, as it is written or by where its links lead. */
export function isWithin(path: string, folders: readonly string[]): boolean {
  return isBelow(resolve(path), folders) || isBelow(realPathOf(path), folders);
}

/** The path of a file below a folder, with slashes; null for one that is elsewhere. */
export function pathBelow(folder: string, path: string): string | null {
  const place = resolve(path);
  return place.startsWith(inside(folder)) ? relative(folder, place).replaceAll(sep, '/') : null;
}

const inside = (folder: string): string => (folder.endsWith(sep) ? folder : `${folder}${sep}`);

/** Where the links of a path lead, as far as it is there. */
export function realPathOf(path: string): string {
  const place = resolve(path);
  try {
    return realpathSync(place);
  } catch {
    const parent = dirname(place);
    return parent === place ? place : join(realPathOf(parent), basename(place));
  }
}
