import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

const FOLDER = join(import.meta.dirname, '../../docs/schemas');

/**
 * Holds a value against one of the published JSON Schemas, with a validator that knows nothing of the code.
 * @param name of the file in docs/schemas, without its suffix.
 * @returns what is wrong, one line a mistake; empty when nothing is.
 */
export function schemaErrors(name: string, value: unknown): string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
  const validate = ajv.compile(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')));
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
