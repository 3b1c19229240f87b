import { VarveError } from '../../base/errors.ts';

/** The error for what is not a kit. @param problem what it lacks. */
export function kitNotFound(location: string, problem: string): VarveError {
  return new VarveError('kit-not-found', `${location} is not a kit: it ${problem}`, {
    object: location,
    hint: 'name the folder that has offline/surface in it, a .tar or .tar.zst that varve kit export wrote (in a .zip, too), or oci:DIR[:TAG]',
  });
}
