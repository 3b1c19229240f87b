import { expect, it } from 'vitest';

/**
 * What stands in the place of tests whose program nobody named: the summary says that they were not tried, and how to.
 * @param variable of the environment, which would name the program.
 */
export function tellNotTried(what: string, variable: string): void {
  it(`was not tried: ${variable} does not name ${what}`, () => {
    console.info(`not tried: ${what} (name it with ${variable})`);
    expect(process.env[variable] ?? '').toBe('');
  });
}
