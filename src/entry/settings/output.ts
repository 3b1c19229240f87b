import { parseText } from './parse.ts';
import { parsePublish } from './publish.ts';
import { BY_USER, JOB, optional } from './setting.ts';

/** Where the run's documents go, in addition to its store. */
export const OUTPUT_SETTINGS = {
  publish: optional({
    value: 'PLACE',
    description:
      'Where pointer, snapshot, comparison and report are published as an OCI artifact: image (in its own repository, as its referrer) or oci://HOST/REPO[:TAG].',
    parse: parsePublish,
    faces: JOB,
    from: BY_USER,
  }),
  'pointer-path': optional({
    value: 'FILE',
    description:
      'Where the manifest pointer is written. Default: for the action, varve-pointer.json in a folder of the step under RUNNER_TEMP/varve; otherwise it is not written.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  'surface-manifest-output': optional({
    value: 'FILE',
    description: 'Where a copy of the surface manifest is written.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  'comparison-path': optional({
    value: 'FILE',
    description:
      'Where a copy of the comparison document (JSON) is written. Default: for the action, varve-comparison.json in a folder of the step under RUNNER_TEMP/varve; otherwise it is not written.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  'report-path': optional({
    value: 'FILE',
    description:
      'Where the Markdown report is written. Default: for the action, varve-report.md in a folder of the step under RUNNER_TEMP/varve; otherwise it is not written.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
} as const;
