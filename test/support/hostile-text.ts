import fc from 'fast-check';
import { HOSTILE_TEXTS } from './report-scenarios.ts';

/** Fragments that mean something in Markdown, HTML, terminals and the logs of CI systems. */
const FRAGMENTS = [
  '`',
  '```',
  '|',
  '\\',
  '\n',
  '\r',
  '\u001b[2J',
  '\u009b',
  '<',
  '>',
  '&',
  '<!--',
  '-->',
  '</code>',
  '</details>',
  '<b>',
  '](',
  '![',
  '*',
  '__',
  '~~',
  '$',
  '@octocat',
  '#1',
  'GH-7',
  '::',
  '::error::',
  '##[group]',
  '##vso[',
  'www.',
  'https://',
  'me@evil.example',
  '\u202e',
  '\u2028',
  '\u0300',
  '\ud800',
  ' ',
  '  ',
  '- ',
  '1. ',
  '# ',
  '> ',
  '---',
  '===',
  'a',
];

/** Texts that an attacker would try, whole ones and new mixtures. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc
    .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'binary', maxLength: 3 })), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
);
