import { parseText } from './parse.ts';
import { parsePublish } from './publish.ts';
import { BY_USER, JOB, optional } from './setting.ts';

/** Where the run's documents go, besides its store. */
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
      'Where the manifest pointer is written. Default: varve-pointer.json in the folder of the step in a workflow, else nowhere.',
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
      'Where a copy of the comparison document (JSON) is written. Default: varve-comparison.json in the folder of the step in a workflow, else nowhere.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  'report-path': optional({
    value: 'FILE',
    description:
      'Where the Markdown report is written. Default: varve-report.md in the folder of the step in a workflow, else nowhere.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
} as const;
