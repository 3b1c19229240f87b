/** A config as it was read, whatever it has. */
export type AnyConfig = Readonly<Record<string, unknown>>;

/** Tells whether containers of the image start as root: as user 0, or without a user. */
export function startsAsRoot(config: AnyConfig): boolean {
  const user = runFields(config).User;
  const [name = ''] = typeof user === 'string' ? user.split(':') : [];
  return name === '' || name === 'root' || /^0+$/.test(name);
}

/** The directories of PATH, without a leading slash, in their order. */
export function searchPath(config: AnyConfig): readonly string[] {
  const { Env } = runFields(config);
  const env: readonly unknown[] = Array.isArray(Env) ? Env : [];
  const path = env.findLast((each): each is string => typeof each === 'string' && each.startsWith('PATH='));
  const directories = (path ?? DEFAULT_PATH).slice('PATH='.length).split(':');
  return [
    ...new Set(
      directories.filter((each) => each.startsWith('/')).map((each) => each.replace(/^\/+|\/+$/g, '')),
    ),
  ];
}

/** What engines set. @see https://github.com/moby/moby/blob/v28.0.0/oci/defaults.go */
const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function runFields({ config }: AnyConfig): AnyConfig {
  return typeof config === 'object' && config !== null ? (config as AnyConfig) : {};
}
