import { describe, expect, it } from 'vitest';
import { callVarveHelp } from '../../../support/call-varve.ts';

describe('help speaks of what the command does with a setting', () => {
  it.each(['history', 'surface get', 'surface list', 'surface verify'])(
    '%s looks into a store, and compares nothing',
    async (command) => {
      const help = await callVarveHelp(...command.split(' '));
      expect(help).toMatch(/--baseline <baseline> +Store to look into/);
      expect(help).not.toMatch(/compare with|image reference/i);
    },
  );

  it.each(['tree', 'layer ls', 'compare'])('%s knows no baseline', async (command) => {
    expect(await callVarveHelp(...command.split(' '))).not.toMatch(/the baseline/);
  });

  it('snapshot compares with it, and compare looks up sides in it', async () => {
    expect(await callVarveHelp('snapshot')).toMatch(/--baseline <baseline> +What to compare with/);
    expect(await callVarveHelp('compare')).toMatch(/--baseline <baseline> +Store in which to look/);
  });

  it('history is of all platforms', async () => {
    expect(await callVarveHelp('history')).toMatch(/Only snapshots for this platform\. Default:\s+all/);
  });
});
