import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, run } from '../shell.ts';
import { writeApp } from './app.ts';

/** Debian packages whose shared libraries make the layer of few big files (about 370 MB). */
const LIBRARY_PACKAGES = ['libllvm14', 'libllvm15', 'libclang-cpp14', 'libclang-cpp15', 'libclang1-14'];

/** About 50,000 files: icon sets and SDKs are what real front-end images carry. */
const NODE_PACKAGES = {
  '@emotion/react': '11.11.1',
  '@emotion/styled': '11.11.0',
  '@mui/icons-material': '5.15.0',
  '@mui/material': '5.15.0',
  'aws-sdk': '2.1600.0',
  'date-fns': '2.30.0',
  express: '4.19.2',
  lodash: '4.17.21',
  react: '18.2.0',
  'react-dom': '18.2.0',
  typescript: '5.4.5',
};

/** One thing that the Containerfile adds, made in a build context folder under the name given. */
export const ingredients: { name: string; what: string; make: (path: string) => void }[] = [
  { name: 'base.tar', what: 'a Debian bookworm root filesystem', make: makeBase },
  { name: 'wheels', what: 'the numpy wheel', make: downloadWheel },
  { name: 'libraries', what: 'few big shared libraries', make: collectLibraries },
  { name: 'node_modules', what: 'a node_modules of 50,000 files', make: installNodeModules },
  { name: 'app-v1', what: 'the app, version 1', make: (path) => writeApp(path, 1) },
  { name: 'app-v2', what: 'the app, version 2', make: (path) => writeApp(path, 2) },
];

function makeBase(path: string): void {
  run('mmdebstrap', ['--variant=minbase', '--format=tar', 'bookworm', path]);
}

function downloadWheel(path: string): void {
  const platform = ['--python-version', '3.11', '--platform', 'manylinux2014_x86_64', '--only-binary=:all:'];
  run(findProgram('pip3') ?? 'pip', ['download', '--no-deps', ...platform, '--dest', path, 'numpy==1.26.4']);
}

function collectLibraries(path: string): void {
  const packages = `${path}.packages`;
  mkdirSync(packages, { recursive: true });
  mkdirSync(path, { recursive: true });
  run('apt-get', ['download', '-o', 'APT::Sandbox::User=root', ...LIBRARY_PACKAGES], { cwd: packages });
  for (const file of readdirSync(packages).filter((name) => name.endsWith('.deb'))) {
    run('dpkg-deb', ['--extract', join(packages, file), join(packages, 'root')]);
  }
  for (const entry of readdirSync(join(packages, 'root'), { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name);
    if (entry.isFile() && statSync(from).size > 1_000_000) {
      cpSync(from, join(path, entry.name), { preserveTimestamps: true });
    }
  }
  run('rm', ['-rf', packages]);
}

function installNodeModules(path: string): void {
  const project = `${path}.project`;
  mkdirSync(project, { recursive: true });
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'bench-app', version: '1.0.0', private: true, dependencies: NODE_PACKAGES }),
  );
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: project });
  run('mv', [join(project, 'node_modules'), path]);
  run('rm', ['-rf', project]);
}
