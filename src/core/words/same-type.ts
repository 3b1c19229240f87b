/** A type with everything in it made readonly. */
type DeepReadonly<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer U)[]
      ? readonly DeepReadonly<U>[]
      : { readonly [K in keyof T]: DeepReadonly<T[K]> };

type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/**
 * `true` where two types are the same but for `readonly`, optional fields included.
 * `true satisfies SameType<A, B>` holds a schema and the type that it stands for together.
 */
export type SameType<A, B> = Identical<DeepReadonly<A>, DeepReadonly<B>>;
