import type { IgnoreRule } from './ignore-rule.ts';

/**
 * What builds touch each time without meaning, found by building images of Debian, Python and Node twice from the same
 * sources. Keys, password files and trust stores differ between such builds too: those count. So does the code that Node
 * compiles into `/tmp`, which it runs as it is there. So does a cache
 * that is new, where it takes room; and, whatever its path, what can be run or carries rights, a link, a device, and
 * anything that differs in more than content.
 */
export const DEFAULT_IGNORE: readonly IgnoreRule[] = [
  { paths: 'var/log/apt/**', why: 'apt writes the time of each run' },
  {
    paths: 'var/log/{dpkg,alternatives,bootstrap}.log',
    why: 'dpkg and debootstrap write the time of each step',
  },
  { paths: 'var/log/{apk,yum,hawkey}.log', why: 'package managers write the time of each run' },
  { paths: 'var/log/dnf*', why: 'dnf writes the time of each run' },
  {
    paths: 'var/lib/apt/lists/**',
    only: 'modified',
    why: 'what an archive offered on the day of the build; what was installed from it counts by itself',
  },
  { paths: 'var/cache/apt/{,src}pkgcache.bin', why: 'apt keeps times of its package lists' },
  { paths: 'var/cache/ldconfig/aux-cache', why: 'ldconfig keeps inode numbers and times of libraries' },
  { paths: 'var/cache/fontconfig/**', why: 'fontconfig keeps times of font folders' },
  { paths: 'var/cache/man/**', why: 'man-db keeps times of manual pages' },
  {
    paths: '{etc,var/lib/dbus}/machine-id',
    only: 'same-size',
    why: 'systemd and D-Bus draw a random number when they are installed',
  },
  {
    paths: '**/__pycache__/*.pyc',
    only: 'same-code',
    why: 'Python writes the time of the source into the header of what it compiles; other code counts',
  },
  {
    paths: '**/.cache/pip/{http,http-v2,selfcheck}/**',
    only: 'modified',
    why: 'pip keeps times of downloads',
  },
  { paths: '**/.npm/_cacache/index-v5/**', why: 'npm keeps times of downloads' },
  { paths: '**/.npm/{_logs/**,_update-notifier-last-checked}', why: 'npm writes the time of each run' },
  {
    paths: '**/node_modules/.modules.yaml',
    only: 'same-size',
    why: 'pnpm writes when it last removed unused packages',
  },
  {
    paths: '**/pnpm/{metadata*/**,store/v*/files/*/*-index.json,store/v*/index/**,pnpm-state.json}',
    only: 'modified',
    why: 'pnpm keeps times of downloads',
  },
  {
    config: '/config/Labels/org.opencontainers.image.{created,revision}',
    why: 'when and from what it was built',
  },
  { config: '/config/Labels/org.label-schema.{build-date,vcs-ref}', why: 'when and from what it was built' },
  { config: '/config/Labels/{build-date,vcs-ref,com.redhat.build-host}', why: 'when and where it was built' },
  { config: '/config/Labels/io.buildah.version', why: 'the version of the builder' },
  { config: '/{container,container_config}', why: 'the container that the classic builder worked in' },
  { config: '/config/{Image,Hostname,Domainname}', why: 'what the classic builder built on and in' },
  { config: '/moby.buildkit.*', why: 'what BuildKit notes of its cache and sources' },
];
