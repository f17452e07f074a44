/** `objflow validate`: checks the mapping, runs nothing. */
import type { Context } from './context.js';
import { exit } from './exit.js';
import { checkMapping, isFine, renderFindings } from './mapping.js';
import { rememberMapping } from './memory.js';

export interface ValidateOptions {
  readonly format?: 'text' | 'json' | 'github' | 'sarif';
  readonly strict?: boolean;
}

/** Gives the exit status. */
export async function validate(context: Context, { format, strict = false }: ValidateOptions): Promise<number> {
  const checked = await checkMapping(context);
  const fine = isFine(checked, strict);
  const chosen = format ?? (context.github ? 'github' : 'text');
  const isSilent = context.options.quiet && fine && chosen === 'text';
  const output = isSilent ? '' : renderFindings(context, checked, chosen, strict);
  context.out.write(output);
  const status = fine ? exit.well : exit.unwell;
  rememberMapping(context.call, { output, status }, checked.loaded?.sources);
  return status;
}
