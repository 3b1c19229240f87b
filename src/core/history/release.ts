/** Tags by name, each with its commit. */
export type Tags = ReadonlyMap<string, string>;

/**
 * The nearest commit before a release that was released too, under a tag that is named alike: `v1.1.0` before `v1.2.0`,
 * but neither `web-v1.1.0` nor the preview `v1.2.0-rc.1`.
 * @param ancestors of the release, nearest first.
 * @returns null where none of them is known to be one.
 */
export function findReleaseBefore(tag: string, ancestors: readonly string[], tags: Tags): string | null {
  const released = new Set([...tags].filter(([name]) => mayPrecede(name, tag)).map(([, commit]) => commit));
  return ancestors.find((commit) => released.has(commit)) ?? null;
}

function mayPrecede(name: string, tag: string): boolean {
  const [earlier, later] = [readVersion(name), readVersion(tag)];
  if (name === tag || earlier === null || later === null || earlier.series !== later.series) return false;
  return later.isPreview || !earlier.isPreview;
}

interface Version {
  /** What stands before the number. */
  readonly series: string;
  readonly isPreview: boolean;
}

/** Null for a tag that names no version. What follows a plus sign tells builds apart. */
function readVersion(tag: string): Version | null {
  const [, series, rest] = /^(\D*)\d+(?:\.\d+)*(.*)$/.exec(tag) ?? [];
  if (series === undefined || rest === undefined) return null;
  return { series, isPreview: rest !== '' && !rest.startsWith('+') };
}
