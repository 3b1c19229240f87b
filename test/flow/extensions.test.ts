import { describe, expect, it } from 'vitest';
import { defineCommand } from '../../src/entry/cli/commands/command.ts';
import { createProgram } from '../../src/entry/cli/program.ts';
import { SOURCES } from '../../src/entry/compose/sources.ts';
import { readHost } from '../../src/entry/host/host.ts';
import { SETTINGS, type SettingsOf } from '../../src/entry/settings/catalogue.ts';
import { ANYWHERE, setting } from '../../src/entry/settings/setting.ts';
import { listImageTree } from '../../src/flows/look/list-tree.ts';
import { composeQuietTools } from '../support/compose-tools.ts';
import { file, writeImage } from '../support/hostile-images.ts';
import { makeOrigin } from '../support/item-makers.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { openImage } from '../support/open-image.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { TextSink } from '../support/text-sink.ts';

const newPath = temporaryFolder();

describe('a setting of somebody else', () => {
  const LOUDNESS = setting({
    value: 'HOW',
    description: 'How loud it is said.',
    parse: (text) => text.toUpperCase(),
    fallback: 'quietly',
    faces: ['tree'],
    from: ANYWHERE,
  });
  const shout = defineCommand(
    { name: 'tree', heading: 'Look', arguments: [], summary: 'Say it', formats: ['text'], examples: [] },
    async () => ({
      run: async ({ settings, output }) => {
        const { loudness } = settings as SettingsOf<'tree'> & { readonly loudness: string };
        output.stdout.write(`${loudness} ${settings.tenant}\n`);
        return 0;
      },
    }),
  );

  async function say(environment: Record<string, string>, ...argv: string[]): Promise<string> {
    const [stdout, stderr] = [new TextSink(), new TextSink()];
    await using resources = new AsyncDisposableStack();
    const program = createProgram({
      ...{
        output: { stdout, stderr },
        host: readHost(environment),
        resources,
        finish() {},
        signal: new AbortController().signal,
      },
      settings: { ...SETTINGS, loudness: LOUDNESS },
      commands: [shout],
    });
    await program.parseAsync(['tree', ...argv], { from: 'user' }).catch((fault: Error) => {
      if (!fault.message.includes('outputHelp')) throw fault;
    });
    return stdout.text;
  }

  it('is an option, a variable, and a line of help, by its one entry', async () => {
    expect(await say({})).toBe('quietly default\n');
    expect(await say({}, '--loudness', 'much')).toBe('MUCH default\n');
    expect(await say({ VARVE_LOUDNESS: 'a bit' }, '--tenant', 'acme')).toBe('A BIT acme\n');
    expect(await say({}, '--help')).toMatch(/--loudness <how> +How loud it is said\. Default: +quietly\./);
  });
});

describe('a source of somebody else', () => {
  it('is read by its prefix, by its one line', async () => {
    const image = writeImage(newPath('image'), [[file('etc/motd')]]);
    const opened: string[] = [];
    const source = {
      prefix: 'cellar:',
      open: async (reference: string) => {
        opened.push(reference);
        return openImage(image);
      },
    };
    const store = openDirectoryStore(newPath('store'));
    await using tools = composeQuietTools(store, { sources: [...SOURCES, () => [source]] });
    const request = { platform: undefined, path: undefined, origin: makeOrigin() };
    const { entries } = await listImageTree(tools, { ...request, reference: 'cellar:shelf-3' });
    const paths = (await Array.fromAsync(entries)).map(({ path }) => path);
    expect(paths).toContain('etc/motd');
    expect(opened).toEqual(['cellar:shelf-3']);
    const plain = await listImageTree(tools, { ...request, reference: image });
    expect((await Array.fromAsync(plain.entries)).map(({ path }) => path)).toEqual(paths);
  });
});
