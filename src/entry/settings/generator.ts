import { parseText } from './parse.ts';
import { BY_USER, GENERATORS, optional } from './setting.ts';

const file = (description: string) =>
  optional({ value: 'FILE', description, parse: parseText, faces: GENERATORS, from: BY_USER });

/** What other tools found out about the image, under the names that generators of StellaOps use. */
export const GENERATOR_SETTINGS = {
  'surface-layer-fragments': file(
    "File of another tool with fragments of the image's SBOM (JSON). Varve keeps it as it is, and lists it in the surface manifest.",
  ),
  'surface-entrytrace-graph': file('The same for the graph of an entry trace (JSON).'),
  'surface-entrytrace-ndjson': file('The same for the lines of an entry trace (NDJSON).'),
  'surface-runtime-events': file(
    'File of another tool with what it saw of the image running (NDJSON, or JSON for a name in .json). It does not follow from the image, so the pointer lists it, and not the surface manifest.',
  ),
  'surface-component': optional({
    value: 'NAME',
    description:
      'Name of the tool that gave these files. The surface manifest names it as its component, and as the view of each file. Default: varve, and external.',
    parse: parseText,
    faces: GENERATORS,
    from: BY_USER,
  }),
  'surface-component-version': optional({
    value: 'VERSION',
    description: 'Version of that tool.',
    parse: parseText,
    faces: GENERATORS,
    from: BY_USER,
  }),
} as const;
