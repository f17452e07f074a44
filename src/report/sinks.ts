/**
 * The ways out for text that others wrote: names of files, manifests, the output of commands. One function for each
 * grammar that it goes into; each knows its grammar and nothing else. Whoever prints calls one of them.
 */

/**
 * What a terminal obeys instead of showing: C0, DEL and C1 controls, marks that turn the direction of text, line and
 * paragraph separators, byte order marks, and halves of surrogate pairs.
 */
const unshowable =
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const hex = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** One line for a terminal: what it would obey is shown as `\x1b` or `\u202e`, a newline too; a tab is two spaces. */
export const terminal = (text: string): string => text.replaceAll('\t', '  ').replace(unshowable, hex);

/** JSON on one line, or indented: any text goes in and comes back, and none of it reaches a terminal as it is. */
export const json = (value: unknown, indent = 0): string =>
  JSON.stringify(value, undefined, indent).replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** The message of a GitHub workflow command; it may have several lines. */
export const githubData = (text: string): string =>
  text
    .replace(/[%\r\n]/g, percent)
    .replaceAll('\t', '  ')
    .replace(unshowable, hex);

/** The value of a property of a GitHub workflow command. */
export const githubProperty = (text: string): string => githubData(text).replace(/[:,]/g, percent);

/** One line of a GitHub log that must not be taken for a command: those begin with `::` or hold `##[`. */
export const githubLog = (text: string): string =>
  terminal(text)
    .replace(/^(\s*):(?=:)/, '$1\\x3a')
    .replace(/##(?=\[)/g, '#\\x23');

/** A quoted string of the DOT language, right as an id and as a label. */
export const dot = (text: string): string => `"${terminal(text).replace(/[\\"]/g, '\\$&').replaceAll('&', '&amp;')}"`;

/** A quoted label of Mermaid; what its grammar, its directives or Markdown could read is written as `#35;`. */
export const mermaid = (text: string): string =>
  `"${terminal(text).replace(/[^\p{L}\p{N}\p{M} _\-./:{},=]/gu, (character) => `#${character.codePointAt(0)};`)}"`;

/** A path as a relative or absolute URI reference, its segments percent-encoded. */
export const uriPath = (path: string): string =>
  // Through bytes, because half a surrogate pair has no percent-encoding.
  Buffer.from(path).toString().split('/').map(encodeURIComponent).join('/');

/** Text of an SVG or HTML document, right between tags and between the quotes of an attribute. */
export const markup = (text: string): string =>
  terminal(text)
    // XML has no such characters, not even escaped.
    .replace(/[\ufffe\uffff]/g, hex)
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** JSON for a `<script>` of HTML: nothing in it can end the script, or open a comment. */
export const scriptJson = (value: unknown): string => json(value).replaceAll('<', '\\u003c');
