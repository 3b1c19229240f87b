import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** A phrase that a native technical writer does not write, an example of it, and what to write instead. */
type Rule = readonly [phrase: RegExp, example: string, instead: string];

/** A space in a phrase also stands for a line break. */
const RULES: readonly Rule[] = [
  [/\b[Bb]eside\b|[a-z]Beside(?=[A-Z]|\b)/, 'a file beside it', 'next to, in addition to'],
  [/\b[Bb]esides\b/, 'what it has besides', 'also, in addition to'],
  [/\b[Ll]ikewise\b/, 'the branch likewise', 'also, too, the same'],
  [/\bof (?:which|whom)\b/, 'a folder, of which none is read', 'whose; or two sentences'],
  [/\b(?:tell|tells|telling|told) of\b/i, 'it tells of damage', 'names, reports, describes'],
  [/\b(?:is|are|was|were|be) told(?! to\b)\b/, 'damage is told', 'is named, is reported, is known'],
  [/\b(?:is|are|was|were) said of\b/, 'what is said of it', 'what the report says about'],
  [
    /(?<!\b[Tt]here )(?<!\bthere (?:would|may|can|must) )\b(?:is|are|was|were|be) no(?:ne)?\b(?! longer| more)/,
    'this is no image',
    'is not an, is not valid',
  ],
  [/teach|[Tt]aught/, 'a baseline teaches', 'share, show'],
  [/\b[Ww]hoever\b/, 'whoever reads it', 'the user who, anyone who, the caller'],
  [/\bbe it\b/, 'a file, be it a pipe', 'even, or, whether'],
  [/\b(?:save|but) for\b(?! (?:later|the next)\b)/, 'all but for one', 'except'],
  [/\b(?:is|are|have|has|gets?|needs?) an? \w+ each\b/, 'they are a line each', 'each … is a, for each … a'],
  [
    /\b(?:albeit|hence|herein|lest|thence|thereby|therein|thereof|wherein|whence|whilst)\b/i,
    'whence it came',
    'a plain word',
  ],
  [/\banew\b/, 'it is read anew', 'again, from the start'],
  [/\b[Hh](?:old|olds|eld) (?:\w+ )?against\b/, 'held against it', 'check against, compare with'],
  [/\bthe very\b/, 'the very image', 'the same, the … itself'],
  [/\b[Mm]end(?:s|ed|ing)?\b/, 'it is mended', 'repair, correct'],
  [/\b[Hh]eeds?\b/, 'it heeds this', 'respect, follow, read'],
  [/\bat hand\b/, 'the layers at hand', 'available, of this machine'],
  [/\b[Mm]ostly\b/, 'mostly one', 'usually'],
  [/\bgravest\b/, 'the gravest', 'most serious'],
  [/\bof the house\b|\bthe house's\b/, 'rules of the house', 'of the project, internal'],
  [/\bgo(?:es)? by\b/, 'it goes by its name', 'is named by, uses, depends on'],
  [/\bcomes? to be\b/, 'it comes to be', 'appears, is'],
  [
    /\b(?:analys|canonicalis|initialis|minimis|normalis|optimis|organis|recognis|serialis|summaris|synchronis)(?:e[ds]?|er|ing|ation)(?<!analyses)/i,
    'recognised',
    'American spelling',
  ],
  [
    /\b(?:behaviour|cancelled|colour|favour|grey|honour|judgement|labelled|learnt|licence|neighbour|spelt|spoilt)/i,
    'Colours',
    'American spelling',
  ],
];

/** The phrase as it may be broken over lines, also in a comment. */
const broken = (phrase: RegExp): RegExp =>
  new RegExp(phrase.source.replaceAll(' ', String.raw`(?: |\s+(?:\*|//|#|>)?\s*)`), `${phrase.flags}g`);

/** What people read. Left out is what is generated from it, and migrations, which must stay as they ran. */
const FILES = globSync(
  ['*.md', 'action.yml', '*.ts', '__fixtures__/*.md', 'docs/**/*.md', '{bench,scripts,src}/**/*.ts'],
  {
    cwd: ROOT,
    exclude: [
      '**/node_modules',
      'src/entry/library/documents.ts',
      'src/adapters/stores/postgres/connection/migrations.ts',
    ],
  },
);

describe('the English of documents and sources', () => {
  const texts = FILES.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')] as const);

  it('is checked in every folder', () => {
    const folders = new Set(FILES.map((path) => path.split('/')[0]));
    expect([...folders]).toEqual(expect.arrayContaining(['README.md', 'action.yml', 'bench', 'docs', 'src']));
  });

  it.each(RULES)('has no %s, as in "%s"', (phrase, example, instead) => {
    expect(example).toMatch(broken(phrase));
    expect(example.replace(' ', '\n   * ')).toMatch(broken(phrase));
    const found = texts.flatMap(([path, text]) =>
      [...text.matchAll(broken(phrase))].map(
        ({ 0: words, index }) =>
          `${path}:${text.slice(0, index).split('\n').length}: "${words}" (write: ${instead})`,
      ),
    );
    expect(found).toEqual([]);
  });
});
