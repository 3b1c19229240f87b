import { compileGlobs } from '../layer/glob.ts';

/** What a build leaves behind that no image needs, and that differs each time or takes room; sentences quote in backquotes. */
export interface Leftover {
  /** As in "leaves … in the image". */
  readonly name: string;
  /** A glob of paths. */
  readonly paths: string;
  /** It is this only where the file's content is as long as before. */
  readonly sameSize?: true;
  /** What `rm -rf` at the end of the step takes away; or else what to do. */
  readonly remedy: { readonly remove: string } | { readonly instead: string };
}

const MOUNT = { instead: 'mount a cache there' };

export const LEFTOVERS: readonly Leftover[] = [
  {
    name: 'private keys that all containers would share',
    paths: 'etc/{ssh/ssh_host_*,ssl/private/ssl-cert-snakeoil.key}',
    remedy: { instead: 'remove them, and make new ones when a container starts' },
  },
  {
    name: 'the day of the build in `/etc/shadow`',
    paths: 'etc/shadow{,-}',
    sameSize: true,
    remedy: { instead: 'set `SOURCE_DATE_EPOCH` for it' },
  },
  {
    name: 'a machine id',
    paths: '{etc,var/lib/dbus}/machine-id',
    remedy: {
      instead: 'empty `/etc/machine-id`, and remove `/var/lib/dbus/machine-id`',
    },
  },
  {
    name: "apt's package lists",
    paths: 'var/lib/apt/lists/**',
    remedy: { remove: '/var/lib/apt/lists/*' },
  },
  { name: "apt's cache", paths: 'var/cache/apt/**', remedy: { remove: '/var/cache/apt' } },
  {
    name: 'logs of package managers',
    paths: 'var/log/{apt/**,dpkg.log,alternatives.log,bootstrap.log,apk.log,yum.log,hawkey.log,dnf*}',
    remedy: { remove: '/var/log/apt /var/log/*.log' },
  },
  {
    name: "apk's cache",
    paths: 'var/cache/apk/**',
    remedy: { instead: 'use `apk add --no-cache`' },
  },
  {
    name: 'the cache of dnf or yum',
    paths: 'var/cache/{dnf,libdnf5,yum}/**',
    remedy: { instead: 'end it with `dnf clean all`' },
  },
  {
    name: "ldconfig's cache",
    paths: 'var/cache/ldconfig/**',
    remedy: { remove: '/var/cache/ldconfig/aux-cache' },
  },
  {
    name: "fontconfig's cache",
    paths: 'var/cache/fontconfig/**',
    remedy: { remove: '/var/cache/fontconfig' },
  },
  { name: "man-db's index", paths: 'var/cache/man/**', remedy: { remove: '/var/cache/man' } },
  {
    name: "Python's compiled files",
    paths: '**/__pycache__/**',
    remedy: {
      instead: 'set `PYTHONDONTWRITEBYTECODE=1` and use `pip install --no-compile`',
    },
  },
  {
    name: "pip's cache",
    paths: '**/.cache/pip/**',
    remedy: { instead: 'use `pip install --no-cache-dir`' },
  },
  {
    name: "uv's cache",
    paths: '**/.cache/uv/**',
    remedy: { instead: 'set `UV_NO_CACHE=1`, or mount a cache there' },
  },
  {
    name: "npm's cache",
    paths: '**/.npm/**',
    remedy: { instead: 'end it with `npm cache clean --force`, or mount a cache there' },
  },
  {
    name: "pnpm's store",
    paths: '**/pnpm/{store,metadata*}/**',
    remedy: MOUNT,
  },
  {
    name: "Node's compiled code",
    paths: 'tmp/{v8,node}-compile-cache*/**',
    remedy: { remove: '/tmp/*-compile-cache*' },
  },
  {
    name: "yarn's cache",
    paths: '**/.cache/yarn/**',
    remedy: { instead: 'end it with `yarn cache clean`' },
  },
  { name: "Go's build cache", paths: '**/.cache/go-build/**', remedy: MOUNT },
  { name: "Cargo's registry", paths: '**/.cargo/registry/**', remedy: MOUNT },
  { name: "Maven's repository", paths: '**/.m2/repository/**', remedy: MOUNT },
  { name: "Gradle's cache", paths: '**/.gradle/caches/**', remedy: MOUNT },
  {
    name: "Composer's cache",
    paths: '**/.{composer/cache,cache/composer}/**',
    remedy: { instead: 'use `composer install --no-cache`' },
  },
];

/** Compiled when the first path is asked for. */
let find: ((path: string, isSameSize: boolean) => Leftover | null) | undefined;

/** What a step left behind at a path; null where it is something else. @param isSameSize as before the change. */
export function leftoverAt(path: string, isSameSize: boolean): Leftover | null {
  find ??= compileLeftovers();
  return find(path, isSameSize);
}

/** Most files are not leftovers, and one expression shows it. */
function compileLeftovers(): (path: string, isSameSize: boolean) => Leftover | null {
  const kinds = LEFTOVERS.map((leftover) => ({
    leftover,
    paths: compileGlobs([leftover.paths]),
  }));
  const any = compileGlobs(LEFTOVERS.map(({ paths }) => paths));
  return (path, isSameSize) => {
    if (!any.test(path)) return null;
    const found = kinds.find(({ leftover, paths }) => (isSameSize || !leftover.sameSize) && paths.test(path));
    return found?.leftover ?? null;
  };
}
