/** `objflow validate`: checks the mapping, runs nothing. */
import type { Context } from './context.js';
import { exit } from './exit.js';
import { checkMapping, isFine, renderFindings } from './mapping.js';

export interface ValidateOptions {
  readonly format?: 'text' | 'json' | 'github' | 'sarif';
  readonly strict?: boolean;
}

/** Gives the exit status. */
export async function validate(context: Context, { format, strict = false }: ValidateOptions): Promise<number> {
  const checked = await checkMapping(context);
  const fine = isFine(checked, strict);
  const chosen = format ?? (context.github ? 'github' : 'text');
  if (!(context.options.quiet && fine && chosen === 'text'))
    context.out.write(renderFindings(context, checked, chosen, strict));
  return fine ? exit.well : exit.unwell;
}
