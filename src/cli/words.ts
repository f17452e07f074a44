/**
 * A command line of bash that is still being typed: its words, and how an answer is written into the last of them. Bash
 * replaces only what stands after the last character that breaks words there (a colon, an open quote), so an answer
 * is given from that place on.
 */

export interface Line {
  /** What the words mean, the name of the program first; the last is the one that is being typed, perhaps empty. */
  readonly words: readonly string[];
  /** Characters of the last word's meaning that stand before what bash replaces. */
  readonly kept: number;
  /** The quote in which it ends, if one is open. */
  readonly quote: '"' | "'" | undefined;
}

/** Reads the line up to the cursor. `breaks`: `$COMP_WORDBREAKS`. */
export function readLine(line: string, breaks: string): Line {
  const words: string[] = [];
  let word = '';
  let kept = 0;
  let quote: Line['quote'];
  /** There is a word, though it may be empty. */
  let began = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote === character) quote = undefined;
    else if (quote === "'") word += character;
    else if (character === '\\' && (quote === undefined || /["$`\\]/.test(line.charAt(at + 1)))) {
      at += 1;
      word += line.charAt(at);
    } else if (quote === '"') word += character;
    else if (character === '"' || character === "'") {
      quote = character;
      kept = word.length;
    } else if (/\s/.test(character)) {
      if (began) words.push(word);
      word = '';
      kept = 0;
      began = false;
      continue;
    } else {
      word += character;
      if (breaks.includes(character)) kept = word.length;
    }
    began = true;
  }
  return { words: [...words, word], kept, quote };
}

/** What bash is to write in place of what it replaces, so that the word comes to mean this. */
export function writeWord(text: string, { kept, quote }: Pick<Line, 'kept' | 'quote'>): string {
  const rest = text.slice(kept);
  if (quote === "'") return rest.replaceAll("'", "'\\''");
  if (quote === '"') return rest.replace(/["$`\\]/g, '\\$&');
  return rest.replace(/[^\p{L}\p{N}\p{M}_./:=@%+,-]/gu, '\\$&');
}
