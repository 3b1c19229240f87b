/** Runs snyk-docker-plugin's default analysis: node snyk.ts FOLDER IMAGE */
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Plugin {
  scan(options: { path: string }): Promise<{ scanResults: { facts: unknown[] }[] }>;
}

const [folder = '', path = ''] = process.argv.slice(2);
const plugin: Plugin = createRequire(join(folder, 'package.json'))('snyk-docker-plugin');
const { scanResults } = await plugin.scan({ path });
if (scanResults.length === 0) throw new Error(`${path}: nothing found`);
