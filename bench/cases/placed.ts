import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { workFolder } from '../measure.ts';
import { type EnginePlace, inEngine, inRegistry, PLACED, places } from '../places.ts';
import { quote } from '../shell.ts';
import { type Case, type Need, program, shell } from './case.ts';
import {
  built,
  changing,
  clearEmpty,
  copyStore,
  empty,
  expectLayersRead,
  fillStore,
  snapshot,
} from './snapshot-runs.ts';

type Version = 'v1' | 'v2';

/** A way to the bench image that only a server gives. */
interface Place {
  readonly id: string;
  /** The command, for the tables. */
  readonly words: string;
  readonly need: Need;
  readonly image: (version: Version) => string;
  readonly env: () => Record<string, string>;
}

const registry: Place = {
  id: 'registry',
  words: '`varve snapshot docker://`',
  need: inRegistry,
  image: (version) => `docker://${places.registry}/${PLACED}:${version}`,
  env: () => ({ DOCKER_CONFIG: '/nonexistent' }),
};

const engine = (id: string, words: string, way: keyof EnginePlace): Place => ({
  id,
  words,
  need: inEngine,
  image: (version) => `docker-daemon:${PLACED}:${version}`,
  env: () => ({ DOCKER_HOST: places.engine?.[way] ?? '' }),
});

const stored = engine('engine', '`varve snapshot docker-daemon:` from its storage', 'socket');
const exported = engine('export', '`varve snapshot docker-daemon:` by an export', 'address');

/** Snapshots of an image in one place: of all of it, of one layer, of none. */
function casesOf(place: Place): Case[] {
  const { id, words, need, image, env } = place;
  const store = join(workFolder, `store-after-v1-of-${id}`);
  const common = { group: 'varve', needs: [built, need] } as const;
  const warm = {
    prepare: () => fillStore(store, [image('v1')], env()),
    reset: () => copyStore(store),
  };
  return [
    {
      ...common,
      id: `varve/${id}-cold`,
      what: `${words}, empty store`,
      wholeImage: true,
      reset: clearEmpty,
      command: () => snapshot(image('v1'), empty, env()),
      check: expectLayersRead('all'),
    },
    {
      ...common,
      ...warm,
      id: `varve/${id}-unchanged`,
      what: `${words} of v1 again, store after v1`,
      command: () => snapshot(image('v1'), changing, env()),
      check: expectLayersRead(0),
    },
    {
      ...common,
      ...warm,
      id: `varve/${id}-one-layer`,
      what: `${words} of v2, store after v1`,
      command: () => snapshot(image('v2'), changing, env()),
      check: expectLayersRead(1),
    },
  ];
}

const copied = join(workFolder, 'copied-from-registry');

/** Images in a registry and in an engine, with what other tools need to get them from there. */
export const placedCases: Case[] = [
  {
    id: 'peer/skopeo-registry',
    what: '`skopeo copy docker:// docker-archive:` (inflates)',
    group: 'peer',
    wholeImage: true,
    needs: [inRegistry, program('skopeo')],
    reset: () => rmSync(copied, { force: true }),
    command: () => ({
      program: 'skopeo',
      args: [
        ...['--insecure-policy', 'copy', '--quiet', '--src-tls-verify=false'],
        ...[registry.image('v1'), `docker-archive:${copied}:bench:v1`],
      ],
    }),
  },
  ...casesOf(registry),
  {
    id: 'peer/docker-save',
    what: '`docker save` of v2 into nothing',
    group: 'peer',
    wholeImage: true,
    needs: [inEngine, program('docker')],
    command: () => shell(`docker --host ${quote(places.engine?.socket ?? '')} save ${PLACED}:v2 > /dev/null`),
  },
  ...casesOf(stored),
  ...casesOf(exported),
];
