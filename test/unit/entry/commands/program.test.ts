import { expect, it } from 'vitest';
import { renderCommandReference } from '../../../../scripts/generate-reference.ts';

it('help says what a setting means to the command', () => {
  const sections = renderCommandReference().replaceAll(/\s+/g, ' ').split('## ');
  const help = (command: string) => sections.find((each) => each.startsWith(`\`varve ${command}\``));
  expect(help('snapshot')).toContain('--baseline <baseline> What to compare with');
  expect(help('history')).toContain('--baseline <baseline> Store to look into');
  expect(help('history')).toContain('Only snapshots for this platform. Default: all.');
  expect(help('compare')).toContain('--baseline <baseline> Store that history and digests are looked up in');
});
