/**
 * What a pattern is made of: segments between slashes, and in them literals and holes. Knows neither how they are
 * written nor how they are matched.
 */
import type { Language } from './where.js';

export type Token =
  | { readonly type: 'literal'; readonly text: string }
  /** `?` */
  | { readonly type: 'one' }
  /** `*` */
  | { readonly type: 'run' }
  /** `{name}`; without a language it may be anything that a capture may be. */
  | { readonly type: 'capture'; readonly name: string; readonly language?: Language };

/** A segment with holes. */
export interface Wild {
  readonly type: 'wild';
  /** As written; with the `where` of its captures: equal keys match the same names. */
  readonly text: string;
  readonly key: string;
  readonly tokens: readonly Token[];
  /** What every name that it matches begins and ends with. */
  readonly prefix: string;
  readonly suffix: string;
}

export type Segment =
  | { readonly type: 'literal'; readonly text: string }
  | Wild
  /** `**`: any number of directories, none included; never the last segment. */
  | { readonly type: 'deep' };

/** A segment with these tokens. */
export function wild(text: string, tokens: readonly Token[]): Wild {
  const literal = (token: Token | undefined): string => (token?.type === 'literal' ? token.text : '');
  let key = text;
  tokens.forEach((token, at) => {
    // With its position and length, so that no two lists of sources read the same.
    if (token.type === 'capture' && token.language)
      key += `/${at},${token.language.source.length},${token.language.source}`;
  });
  return { type: 'wild', text, key, tokens, prefix: literal(tokens[0]), suffix: literal(tokens.at(-1)) };
}

/** A name that no hole may begin: as in a shell, a leading dot has to be written. */
export const isHidden = (name: string): boolean => name.startsWith('.');

/** A segment whose literals alone read `.` or `..` must not match just that. */
export const mayBeDots = (segment: Wild): boolean =>
  segment.prefix.startsWith('.') &&
  /^\.\.?$/.test(segment.tokens.map((token) => (token.type === 'literal' ? token.text : '')).join(''));
