import { ensurePackages } from './debian-packages.ts';
import { run } from './program.ts';

/** Copies an image between transports, as `skopeo copy` does; the policy of the machine plays no part. */
export async function skopeoCopy(
  source: string,
  destination: string,
  ...options: readonly string[]
): Promise<void> {
  await skopeo('copy', '--quiet', ...options, source, destination);
}

/** Runs skopeo and gives its stdout. */
export async function skopeo(...args: readonly string[]): Promise<string> {
  await ensurePackages('skopeo');
  return run('skopeo', ['--insecure-policy', ...args]);
}
