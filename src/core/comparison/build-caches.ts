/** What builds leave behind that no image needs, and how a step cleans it. */
export interface BuildCache {
  readonly name: string;
  /** A glob of paths. */
  readonly paths: string;
  /** Completes "…: " with what to do in the step itself. */
  readonly remedy: string;
}

export const BUILD_CACHES: readonly BuildCache[] = [
  {
    name: "apt's package lists",
    paths: 'var/lib/apt/lists/**',
    remedy: 'end it with `rm -rf /var/lib/apt/lists/*`',
  },
  { name: "apt's cache", paths: 'var/cache/apt/**', remedy: 'end it with `rm -rf /var/cache/apt`' },
  {
    name: 'logs of package managers',
    paths: 'var/log/{apt/**,dpkg.log,alternatives.log,bootstrap.log,apk.log,yum.log,hawkey.log,dnf*}',
    remedy: 'end it with `rm -rf /var/log/apt /var/log/*.log`',
  },
  { name: "apk's cache", paths: 'var/cache/apk/**', remedy: 'use `apk add --no-cache`' },
  {
    name: 'the cache of dnf or yum',
    paths: 'var/cache/{dnf,libdnf5,yum}/**',
    remedy: 'end it with `dnf clean all`',
  },
  {
    name: "ldconfig's cache",
    paths: 'var/cache/ldconfig/**',
    remedy: 'end it with `rm -f /var/cache/ldconfig/aux-cache`',
  },
  {
    name: "fontconfig's cache",
    paths: 'var/cache/fontconfig/**',
    remedy: 'end it with `rm -rf /var/cache/fontconfig`',
  },
  { name: "man-db's index", paths: 'var/cache/man/**', remedy: 'end it with `rm -rf /var/cache/man`' },
  {
    name: "Python's compiled files",
    paths: '**/__pycache__/**',
    remedy: 'set `PYTHONDONTWRITEBYTECODE=1` and use `pip install --no-compile`',
  },
  { name: "pip's cache", paths: '**/.cache/pip/**', remedy: 'use `pip install --no-cache-dir`' },
  {
    name: "npm's cache",
    paths: '**/.npm/**',
    remedy: 'end it with `npm cache clean --force`, or mount a cache there',
  },
  { name: "yarn's cache", paths: '**/.cache/yarn/**', remedy: 'end it with `yarn cache clean`' },
  { name: "Go's build cache", paths: '**/.cache/go-build/**', remedy: 'mount a cache there' },
  { name: "Cargo's registry", paths: '**/.cargo/registry/**', remedy: 'mount a cache there' },
  { name: "Maven's repository", paths: '**/.m2/repository/**', remedy: 'mount a cache there' },
  { name: "Gradle's cache", paths: '**/.gradle/caches/**', remedy: 'mount a cache there' },
  {
    name: "Composer's cache",
    paths: '**/.{composer/cache,cache/composer}/**',
    remedy: 'use `composer install --no-cache`',
  },
];
