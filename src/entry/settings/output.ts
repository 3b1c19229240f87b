import { parseText } from './parse.ts';
import { parsePublish } from './publish.ts';
import { BY_USER, JOB, optional } from './setting.ts';

/** Where the run's documents go, in addition to its store. */
export const OUTPUT_SETTINGS = {
  publish: optional({
    value: 'PLACE',
    description:
      'Where to publish pointer, snapshot, comparison and report as an OCI artifact: image (in the repository of the image, as its referrer) or oci://HOST/REPO[:TAG].',
    parse: parsePublish,
    faces: JOB,
    from: BY_USER,
  }),
  kit: optional({
    value: 'KIT',
    description:
      'Kit to write of what the run recorded, to carry it across an air gap: a folder, FILE.tar, FILE.tar.zst or oci:DIR[:TAG].',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  'pointer-path': optional({
    value: 'FILE',
    description:
      'File for the pointer, which names everything that the run recorded. Default: for the action and varve ci, varve-pointer.json in a folder of temporary files, which the output names; otherwise it is not written.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  'surface-manifest-output': optional({
    value: 'FILE',
    description: 'File for a copy of the surface manifest, which lists all items of the image.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  'comparison-path': optional({
    value: 'FILE',
    description:
      'File for a copy of the comparison (JSON). Default: for the action and varve ci, varve-comparison.json in a folder of temporary files, which the output names; otherwise it is not written.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  'result-path': optional({
    value: 'FILE',
    description:
      'File for the result (JSON), which holds all that a report is made of: the action in comment/ makes a comment of it. Default: for the action and varve ci, varve-result.json in a folder of temporary files, which the output names; otherwise it is not written.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  'report-path': optional({
    value: 'FILE',
    description:
      'File for the report (Markdown). Default: for the action and varve ci, varve-report.md in a folder of temporary files, which the output names; otherwise it is not written.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
} as const;
