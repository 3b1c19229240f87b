/** `#(nop)`: how the classic builder, and Buildah after it, mark instructions that run nothing. */
const NO_RUN = /^[^#]*#\(nop\)\s*/;
const BUILDKIT_MARK = /\s*# buildkit$/;
const CONTENT_HASH = /^((?:ADD|COPY)(?: --\S+)*) (file|dir|multi):[0-9a-f]+(?::[0-9a-f]+)* in /;
const BUILD_ARGUMENTS = /^\|(\d+) /;
const DEFAULT_SHELL = '/bin/sh -c ';
/** A shell and its flags, as SHELL instructions name them. */
const ANY_SHELL =
  /(?:^|\s)(?=(?:\/\S*sh|cmd|powershell|pwsh)(?:\.exe)?(?:\s+[-/]?\w+)*?\s+[-/]\w*c(?:ommand)?\s)/i;

/**
 * The build instruction that made a layer, the same for each build of an unchanged Dockerfile: a history's
 * `created_by` without content hashes, build arguments and the marks that builders leave. The empty text where
 * the history says nothing.
 */
export function stepOf(createdBy: string | undefined): string {
  const text = (createdBy ?? '').trim();
  if (NO_RUN.test(text)) return text.replace(NO_RUN, '').replace(CONTENT_HASH, '$1 $2 in ').trim();

  const unmarked = text.replace(BUILDKIT_MARK, '');
  const [instruction, command] = unmarked.startsWith('RUN ')
    ? ['RUN ', unmarked.slice('RUN '.length)]
    : ['', unmarked];
  const bare = withoutBuildArguments(command);
  if (bare.startsWith(DEFAULT_SHELL)) return `RUN ${bare.slice(DEFAULT_SHELL.length).trim()}`;
  return bare === command ? `${instruction}${bare}`.trim() : `RUN ${bare}`;
}

/**
 * Drops `|2 A=1 B=two words` from the front of a command. Values may hold spaces and are not quoted: the last one
 * ends where a shell begins, or else at its first space.
 */
function withoutBuildArguments(command: string): string {
  const count = BUILD_ARGUMENTS.exec(command)?.[1];
  if (count === undefined) return command;
  let rest = command.slice(count.length + 2);
  for (let left = Number(count); left > 0; left--) {
    const name = /(?:^|\s)[A-Za-z_]\w*=/.exec(rest);
    if (name === null) return command;
    rest = rest.slice(name.index + name[0].length);
  }
  const shell = ANY_SHELL.exec(rest);
  const end = shell ? shell.index : rest.search(/\s/);
  return end < 0 ? '' : rest.slice(end).trim();
}
