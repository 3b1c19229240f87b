import { describe, expect, it } from 'vitest';
import { VarveError } from '../../../../src/base/errors.ts';
import { SETTINGS } from '../../../../src/entry/settings/catalogue.ts';
import { readSettings } from '../../../../src/entry/settings/read-settings.ts';
import { fromEnvironment, fromInputs } from '../../../../src/entry/settings/setting-sources.ts';

describe('readSettings', () => {
  it('takes each setting from the first source that has it', () => {
    const inputs = fromInputs({ INPUT_TENANT: 'one', 'INPUT_CAS-ROOT': ' ' });
    const variables = fromEnvironment({ VARVE_TENANT: 'two', VARVE_CAS_ROOT: 'store' });
    const settings = readSettings(SETTINGS, ['tenant', 'cas-root', 'save'], [inputs, variables]);
    expect(settings).toEqual({ tenant: 'one', 'cas-root': 'store', save: true });
  });

  it('tells every mistake at once, each where the user made it', () => {
    const inputs = fromInputs({ INPUT_TENANT: '../x', INPUT_SAVE: 'perhaps' });
    const variables = fromEnvironment({ VARVE_PLATFORM: 'linux' });
    const read = (): unknown => readSettings(SETTINGS, ['tenant', 'save', 'platform'], [inputs, variables]);
    expect(read).toThrow(VarveError);
    expect(read).toThrow(/input tenant: .*\ninput save: .*\nVARVE_PLATFORM: /s);
  });

  it('tells with them what is wrong with several settings together', () => {
    const complain = ({ save }: { save?: boolean }) =>
      save === true ? new VarveError('bad-option', 'nothing to save', { hint: 'say what' }) : null;
    const read = (inputs: Record<string, string>) =>
      readSettings(SETTINGS, ['tenant', 'save'], [fromInputs(inputs)], complain);
    expect(() => read({ INPUT_TENANT: '../x' })).toThrow(/input tenant: .*\nnothing to save \(say what\)$/s);
    expect(() => read({})).toThrow(expect.objectContaining({ message: 'nothing to save', hint: 'say what' }));
    expect(read({ INPUT_SAVE: 'false' })).toMatchObject({ save: false });
  });

  it('gives what holds by itself where nothing is said', () => {
    const names = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];
    const settings = readSettings(SETTINGS, names, []);
    expect(settings).toMatchObject({
      baseline: [{ kind: 'own' }],
      image: [],
      tenant: 'default',
      mtime: false,
    });
    expect(Object.keys(settings)).toEqual(names);
  });
});
