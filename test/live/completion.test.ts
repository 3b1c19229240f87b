import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { DIST, OUTSIDE, runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const bin = newPath('bin');
const folder = newPath('work');
const env = { ...OUTSIDE, HOME: folder, PATH: `${bin}:${process.env.PATH}`, TERM: 'dumb' };

beforeAll(async () => {
  for (const path of [bin, folder]) mkdirSync(path);
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(DIST, 'cli.js')}" "$@"\n`;
  writeFileSync(join(bin, 'varve'), program, { mode: 0o755 });
  writeFileSync(join(folder, 'image.tar'), '');
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(folder, `complete.${shell}`), (await runVarve(['completion', shell])).stdout);
});

/** Runs a script in a shell of a user who has just set up the completion, and gives the words that it prints. */
async function shell(program: string, args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(program, [...args], { cwd: folder, env });
  return stdout.split(/\r?\n/).filter((line) => line !== '');
}

const inBash = (line: string) =>
  shell('bash', [
    '--norc',
    '-c',
    `source complete.bash; COMP_WORDS=(${line.endsWith(' ') ? `${line} ''` : line})
     COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _varve_complete; printf '%s\n' "\${COMPREPLY[@]}"`,
  ]);

const inFish = async (line: string) =>
  (await shell('fish', ['--no-config', '-c', `source complete.fish; complete -C '${line}'`])).map(
    (offer) => offer.split('\t')[0],
  );

/** What stands on the line of zsh, in a terminal of its own, once the tab key is pressed. */
const inZsh = (line: string) =>
  shell('zsh', [
    '-f',
    '-c',
    `zmodload zsh/zpty
     zpty -b terminal zsh -f -i
     zpty -w terminal 'PS1=; autoload -Uz compinit; compinit -u -D; source complete.zsh
       tell() { print -r -- "$BUFFER" > told; }; zle -N tell; bindkey "^]" tell; print ready > ready'
     until [[ -s ready ]]; do zpty -r -t terminal _ 2>/dev/null; sleep 0.02; done
     zpty -n -w terminal $'${line}\\t\\x1d'
     until [[ -s told ]]; do zpty -r -t terminal _ 2>/dev/null; sleep 0.02; done
     zpty -d terminal
     cat told; rm -f told ready`,
  ]);

describe('the tab key in zsh', () => {
  it.each([
    ['varve compl', 'varve completion '],
    ['varve compare --exi', 'varve compare --exit-code '],
    ['varve compare --format mark', 'varve compare --format markdown '],
    ['varve inspect ima', 'varve inspect image.tar '],
    ['varve layer l', 'varve layer ls '],
  ])('makes of "%s" "%s"', async (line, completed) => {
    expect(await inZsh(line)).toEqual([completed]);
  });
});

describe.each([
  ['bash', inBash],
  ['fish', inFish],
] as const)('the tab key in %s', (_, offersFor) => {
  it('completes commands, options and choices', async () => {
    expect(await offersFor('varve comp')).toEqual(expect.arrayContaining(['compare', 'completion']));
    expect(await offersFor('varve compare --exi')).toContain('--exit-code');
    expect(await offersFor('varve compare --format ')).toEqual(
      expect.arrayContaining(['text', 'json', 'markdown']),
    );
  });

  it('offers files where an image belongs', async () => {
    expect(await offersFor('varve inspect ima')).toContain('image.tar');
  });
});
