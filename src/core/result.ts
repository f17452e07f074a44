/** Expected failures as values: what is thrown is only a bug. */
export type Result<T, E = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** A success. */
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

/** A failure. */
export const err = <E>(error: E): Result<never, E> => ({ ok: false, error });

/** Ends a `switch` over a closed union: a member that was forgotten does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
