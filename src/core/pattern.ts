/** Object patterns. */
export type Pattern = { readonly text: string };
