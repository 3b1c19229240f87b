import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

// Stands in for the plugin buildx of docker's command line, which Debian does not have: the engine's own builder
// builds, and what buildx would tell about the images is written. It knows the two calls of the recipes.
// https://github.com/docker/cli/blob/v28.2.2/cli-plugins/metadata/metadata.go

interface BakeFile {
  readonly group: { readonly default: { readonly targets: readonly string[] } };
  readonly target: Readonly<Record<string, { readonly context: string; readonly tags: readonly string[] }>>;
}

const [first, ...args] = process.argv.slice(2);
if (first === 'docker-cli-plugin-metadata') {
  console.log(JSON.stringify({ SchemaVersion: '0.1.0', Vendor: 'test', ShortDescription: 'Builds' }));
} else if (args.join(' ') === 'create --use') {
  console.log('builder');
} else if (args.slice(0, -1).join(' ') === 'bake --load --metadata-file') {
  const { group, target }: BakeFile = JSON.parse(readFileSync('docker-bake.json', 'utf8'));
  const built = group.default.targets.map((name) => {
    const { context = '.', tags = [] } = target[name] ?? {};
    const named = tags.flatMap((tag) => ['--tag', tag]);
    const id = execFileSync('docker', ['build', '--quiet', ...named, context], { encoding: 'utf8' }).trim();
    const image = { 'image.name': tags.join(','), 'containerimage.digest': id };
    return [name, { ...image, 'containerimage.config.digest': id }];
  });
  writeFileSync(args.at(-1) ?? '', JSON.stringify(Object.fromEntries(built)));
} else {
  console.error(`unknown: docker buildx ${args.join(' ')}`);
  process.exitCode = 1;
}
