import { defineCommand } from '../commands/command.ts';

export const completion = defineCommand(
  {
    name: 'completion',
    heading: 'Other',
    arguments: [['<shell>', 'bash, zsh or fish']],
    summary: 'Print a script that lets a shell complete commands and options',
    formats: ['text'],
    examples: [
      [
        'source <(varve completion bash)',
        'put this in ~/.bashrc; for zsh, put the same with zsh in ~/.zshrc',
      ],
      ['varve completion fish > ~/.config/fish/completions/varve.fish', 'run this once'],
    ],
  },
  () => import('../commands/completion.ts'),
);

export const version = defineCommand(
  {
    name: 'version',
    heading: 'Other',
    arguments: [],
    summary: 'Print the versions of Varve and Node.js, and the platform',
    formats: ['text', 'json'],
    examples: [['varve version --json', 'for a bug report']],
  },
  () => import('../commands/version.ts'),
);
