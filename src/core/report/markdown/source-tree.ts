import type { SourceLocation } from '../../image/source-location.ts';

/** The files of a commit, on a server that shows them as GitHub does. What names it comes from the run, never from an image. */
export interface SourceTree {
  /** `https://github.com` */
  readonly server: string;
  /** `acme/web` */
  readonly repository: string;
  readonly commit: string;
}

const SERVER = /^https?:\/\/[\w.-]+(:\d+)?(\/[\w.-]+)*$/;
const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
/** No segment is empty, `.` or `..`. */
const PATH = /^(?!\.{1,2}(\/|$))[\w.@+-]+(\/(?!\.{1,2}(\/|$))[\w.@+-]+)*$/;
const LONGEST = 300;

/**
 * The page that shows a place in the source. The path is what a build wrote down: one with anything unusual in it gets
 * no link.
 */
export function linkTo(
  { server, repository, commit }: SourceTree,
  { file, firstLine, lastLine }: SourceLocation,
): string | null {
  const isSound =
    SERVER.test(server) && REPOSITORY.test(repository) && COMMIT.test(commit) && file.length <= LONGEST;
  if (!isSound || !PATH.test(file)) return null;
  const lines = lastLine === firstLine ? `L${firstLine}` : `L${firstLine}-L${lastLine}`;
  return `${server}/${repository}/blob/${commit}/${file}#${lines}`;
}
