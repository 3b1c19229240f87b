import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../../../src/entry/settings/catalogue.ts';
import { readSettings } from '../../../../src/entry/settings/read-settings.ts';
import { fromFile } from '../../../../src/entry/settings/setting-sources.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();

async function settingsFile(text: string): Promise<string> {
  const path = newPath('varve.yml');
  await writeFile(path, text);
  return path;
}

describe('varve.yml', () => {
  it('holds settings under their names; lists stand for lines', async () => {
    const source = await fromFile(
      await settingsFile('cas-root: .varve\nsave: false\nignore:\n  - a/**\n  - b\nmax-layer-entries: 5\n'),
    );
    expect(readSettings(SETTINGS, ['cas-root', 'save', 'ignore', 'max-layer-entries'], [source])).toEqual({
      'cas-root': '.varve',
      save: false,
      ignore: [
        { given: 'a/**', paths: 'a/**' },
        { given: 'b', paths: 'b' },
      ],
      'max-layer-entries': 5,
    });
  });

  it('may be absent or empty', async () => {
    expect((await fromFile()).get('tenant')).toBeUndefined();
    expect((await fromFile(await settingsFile(''))).get('tenant')).toBeUndefined();
  });

  it('must be there when it is named', async () => {
    await expect(fromFile('/nowhere/varve.yml')).rejects.toMatchObject({
      code: 'bad-option',
      message: 'there is no settings file /nowhere/varve.yml',
    });
  });

  it.each([
    ['surprise: 1', /unknown setting "surprise"/],
    ['- a', /contains no settings/],
    ['tenant: {a: 1}', /must be text/],
    ['a: [', /is not YAML/],
    ['__proto__: 1', /unknown setting/],
    ['x'.repeat(20_000), /has more than 16384 bytes/],
  ])('refuses %j', async (text, problem) => {
    const path = await settingsFile(text);
    await expect(fromFile(path)).rejects.toMatchObject({
      code: 'bad-option',
      object: path,
      message: expect.stringMatching(problem),
      hint: expect.stringMatching(/./),
    });
  });
});
