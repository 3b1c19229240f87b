import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { toVarveError } from '../../src/base/errors.ts';
import { pointerBytes } from '../../src/core/run/pointer.ts';
import { runWith } from '../../src/entry/action/run-action.ts';
import { COMMANDS } from '../../src/entry/cli/declarations/catalogue.ts';
import { commentOnResults } from '../../src/entry/comment-action/run-comment-action.ts';
import { readHost } from '../../src/entry/host/host.ts';
import { SETTINGS, type SettingName, type Settings, settingsOf } from '../../src/entry/settings/catalogue.ts';
import { readSettings, type SettingSource } from '../../src/entry/settings/read-settings.ts';
import type { Face } from '../../src/entry/settings/setting.ts';
import { makePointer } from '../support/item-makers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const image = `oci:${join(import.meta.dirname, '../../__fixtures__/app-v1')}:shop:v1`;
const nobody = '127.0.0.1:1';

/** What each face is given, so that it comes as far as to read all of its settings. */
function given(face: Face): {
  readonly arguments: string[];
  readonly settings: Partial<Record<SettingName, string>>;
  readonly options?: Readonly<Record<string, unknown>>;
} {
  const root = newPath('store');
  const store = { 'cas-root': root, baseline: `dir:${root}` };
  switch (face) {
    case 'action':
      return { arguments: [], settings: { image, name: 'shop', ...store } };
    case 'comment action':
      return { arguments: [], settings: { results: newPath('absent') } };
    case 'snapshot':
    case 'ci':
      return { arguments: [image], settings: { name: 'shop', ...store } };
    case 'compare':
      return { arguments: [image, image], settings: store };
    case 'history':
      return { arguments: ['shop'], settings: store };
    case 'tree':
    case 'check':
    case 'inspect':
      return { arguments: [image], settings: store };
    case 'layer ls':
      return { arguments: [image, '0'], settings: store };
    case 'surface get':
      return { arguments: [`image.snapshot@sha256:${'0'.repeat(64)}`], settings: store };
    case 'surface delete':
      return { arguments: [`image.snapshot@sha256:${'0'.repeat(64)}`], settings: store };
    case 'surface put':
      return {
        arguments: [join(import.meta.dirname, '../../package.json'), 'runtime.events'],
        settings: store,
      };
    case 'surface gc':
    case 'surface stats':
    case 'surface list':
    case 'surface verify':
      return { arguments: [], settings: store };
    case 'verify': {
      const pointer = newPath('pointer.json');
      writeFileSync(pointer, pointerBytes(makePointer()));
      return { arguments: [pointer], settings: store, options: { replay: image } };
    }
    case 'kit plan':
    case 'kit receipt':
      return { arguments: [], settings: store };
    case 'kit export':
      return { arguments: [newPath('kit')], settings: store };
    case 'kit import':
    case 'kit ls':
      return { arguments: [`oci:${newPath('absent')}`], settings: store };
    case 'buildkit-scan':
      return { arguments: [], settings: { ...store, 'surface-runtime-events': newPath('absent') } };
    case 'completion':
    case 'version':
      return { arguments: ['bash'], settings: {} };
    case 'artifact package':
      return { arguments: [newPath('absent')], settings: {} };
    case 'artifact unpack':
      return { arguments: [`oci:${newPath('absent')}`, newPath('out')], settings: {} };
    case 'artifact push':
      return { arguments: [newPath('absent'), `oci://${nobody}/x`], settings: { 'plain-http': 'true' } };
    case 'artifact pull':
      return { arguments: [`oci://${nobody}/x`, newPath('out')], settings: { 'plain-http': 'true' } };
  }
}

const sourceOf = (texts: Partial<Record<string, string>>): SettingSource => ({
  origin: null,
  label: (name) => name,
  get: (name) => texts[name],
});

/** Settings that note which of them are read, and refuse to be copied as a whole, which would read them all. */
function watch<T extends object>(settings: T, read: Set<string>): T {
  return new Proxy(settings, {
    get(target, name) {
      if (typeof name === 'string') read.add(name);
      return Reflect.get(target, name);
    },
    ownKeys() {
      throw new Error('the settings are copied: what is read of them cannot be told');
    },
  });
}

const silent = () => new Writable({ write: (_chunk, _encoding, done) => done() });

async function run(
  face: Face,
  settings: Settings,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (face === 'action') return runWith(settings, {});
  if (face === 'comment action') {
    const event = newPath('event.json');
    writeFileSync(event, JSON.stringify(OF_COMMENT));
    const host = readHost({ ...IN_WORKFLOW, GITHUB_EVENT_PATH: event });
    return commentOnResults(settings, host, new AbortController().signal);
  }
  const command = COMMANDS.find(({ name }) => name === face);
  await using resources = new AsyncDisposableStack();
  await command?.run({
    ...{ settings, resources, arguments: args, format: 'json', options, isQuiet: false },
    output: { stdout: silent(), stderr: silent() },
    signal: new AbortController().signal,
    host: readHost({ HOME: '/dev/null/nobody', GIT_DIR: '/nonexistent' }),
  });
}

const IN_WORKFLOW = {
  ...{ GITHUB_ACTIONS: 'true', GITHUB_API_URL: `http://${nobody}`, GITHUB_REPOSITORY: 'octocat/shop' },
  GITHUB_TOKEN: 'secret-token',
};

/** Which pull request it is under, GitHub has to say more of. */
const OF_COMMENT = { issue: { number: 7, pull_request: {} } };

const FACES: readonly Face[] = ['action', 'comment action', ...COMMANDS.map(({ name }) => name)];

describe('every setting that a face advertises', () => {
  it.each(FACES)('%s reads, and none that it does not advertise', async (face) => {
    const { arguments: args, settings: texts, options = {} } = given(face);
    const read = new Set<string>();
    const settings = watch(readSettings(SETTINGS, settingsOf(face), [sourceOf(texts)]), read);
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await run(face, settings, args, options).catch((fault: unknown) => {
        if (toVarveError(fault).kind === 'internal') throw fault;
      });
    } finally {
      written.mockRestore();
    }
    expect([...read].sort()).toEqual([...settingsOf(face)].sort());
  });
});
