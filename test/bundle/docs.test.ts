import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS, settingsOf } from '../../src/entry/settings/catalogue.ts';
import { DocFolder, NEEDS_MORE } from '../support/doc-folder.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { snippetsIn } from '../support/read-docs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
let registry: MemoryRegistry;

beforeAll(async () => {
  registry = await MemoryRegistry.start();
  const image = makeImage([await makeLayer({ 'etc/motd': 'hello' })]);
  registry.put('v2', [image], image.blobs);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

describe('every command in the documents', () => {
  const snippets = snippetsIn('sh').filter(({ text }) => !NEEDS_MORE.test(text));
  const documents = Map.groupBy(snippets, ({ place }) => place.split(':')[0]);

  it.each([...documents])('runs as it stands, one after the other: %s', async (_, ofDocument) => {
    const folder = await DocFolder.make(newPath('folder'));
    for (const { place, text } of ofDocument) {
      const { status, output } = await folder.run(text.replaceAll('localhost:5000', registry.host));
      expect([place, status, output]).toEqual([place, 0, expect.any(String)]);
    }
  });

  it('is there', () => {
    expect(snippets.length).toBeGreaterThan(5);
  });
});

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** All steps of a snippet, be it a whole workflow, a job, or a list of steps. */
function stepsIn(yaml: unknown): Step[] {
  if (Array.isArray(yaml)) return yaml.flatMap((each) => (isObject(each) ? [each as Step] : []));
  if (!isObject(yaml)) return [];
  return Object.entries(yaml).flatMap(([key, value]) =>
    key === 'steps' ? stepsIn(value) : isObject(value) ? stepsIn(value) : [],
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('every workflow in the documents', () => {
  const inputsOf = (uses: string): readonly string[] | null => {
    if (uses.startsWith('varve-dev/varve/comment@')) return settingsOf('comment action');
    return uses.startsWith('varve-dev/varve@') ? settingsOf('action') : null;
  };
  const snippets = snippetsIn('yaml').map((snippet) => ({ ...snippet, steps: stepsIn(parse(snippet.text)) }));

  it.each(snippets.filter(({ steps }) => steps.length > 0))(
    'gives inputs that there are, and pins others: $place',
    ({ steps }) => {
      for (const { uses, with: given = {} } of steps) {
        if (uses === undefined) continue;
        const inputs = inputsOf(uses);
        if (inputs === null) expect(uses).toMatch(/@[0-9a-f]{40}$/);
        else expect(inputs).toEqual(expect.arrayContaining(Object.keys(given)));
      }
    },
  );

  it.each(snippets.filter(({ text }) => /^(?:name|ignore):/m.test(text) && !text.includes('uses:')))(
    'names settings that there are: $place',
    ({ text }) => {
      expect(Object.keys(SETTINGS)).toEqual(expect.arrayContaining(Object.keys(parse(text))));
    },
  );
});

describe('every recipe', () => {
  const recipes = snippetsIn('yaml').filter(({ place }) => place.startsWith('docs/recipes/'));

  it.each(recipes)('has no rights but those that its jobs name: $place', ({ text }) => {
    const workflow = parse(text);
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values<{ permissions?: object }>(workflow.jobs))
      expect(job).toHaveProperty('permissions');
  });
});
