/** Text that means something to what it is printed on, and small readers of those grammars. */

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));

/** Every character that a terminal obeys or that turns text around, and halves of surrogate pairs. */
export const controls: readonly string[] = [
  ...range(0x00, 0x1f),
  ...range(0x7f, 0x9f),
  '\u061c',
  ...range(0x200e, 0x200f),
  ...range(0x2028, 0x202e),
  ...range(0x2066, 0x2069),
  '\ufeff',
  '\ud83d',
  '\udca9',
];

/** Names that try to leave the grammar they stand in. */
export const names: readonly string[] = [
  ...controls.map((control) => `a${control}b`),
  ...[
    'plain.csv',
    'with space',
    "it's",
    'say "x"',
    'back\\slash',
    'end\\',
    '\\"',
    '$(touch x)',
    '`id`',
    '💩',
    '日本語',
    'é\u0301',
  ],
  ...['a;b', '#35;', '#quot;', '&amp;', '<script>', '-->', '%%{init: {}}%%', '"]:::x', '1. list', '**bold**', '{date}'],
  ...[
    '\x1b[2J',
    '\x1b]52;c;AAAA\x07',
    '\r\n::error::x',
    '::error::x',
    '  ::add-mask::x',
    'x ##[add-mask]y',
    '%0A::error::x',
    'a,b:c=d',
  ],
];

/** Whether anything in it would be obeyed; line ends are ours. */
export const obeyed = (text: string): boolean => {
  const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
  return halves.test(text) || controls.some((control) => !/[\n\ud800-\udfff]/.test(control) && text.includes(control));
};

/** A workflow command as GitHub's runner understands it. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const decode = (text: string): string =>
  text.replace(/%(0D|0A|25|3A|2C)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** The commands that a runner would obey in a log; what stands between `stop-commands` and its token is none. */
export function commandsIn(log: string): Command[] {
  const commands: Command[] = [];
  let token: string | undefined;
  for (const line of log.split(/\r?\n|\r/)) {
    const [, name, properties = '', data = ''] =
      /^::([^\s:]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/s.exec(line.trim()) ?? [];
    if (token !== undefined) {
      if (name === token) token = undefined;
      continue;
    }
    if (name === undefined) {
      const old = /##\[([^\]\s]+)/.exec(line);
      if (old) commands.push({ name: `##${old[1]}`, properties: {}, data: line });
      continue;
    }
    if (name === 'stop-commands') token = data;
    const pairs = properties.split(',').flatMap((property) => {
      const at = property.indexOf('=');
      return at < 0 ? [] : [[property.slice(0, at).trim(), decode(property.slice(at + 1))]];
    });
    commands.push({ name, properties: Object.fromEntries(pairs), data: decode(data) });
  }
  if (token !== undefined) throw new Error('commands stay stopped');
  return commands;
}

/** The statements of a DOT graph as lists of tokens, quoted strings unquoted. Throws where the grammar is left. */
export function readDot(text: string): string[][] {
  const statements: string[][] = [[]];
  const token = /\s*(?:"((?:[^"\\]|\\["\\])*)"|(->|[{}[\]=,;])|([A-Za-z_][A-Za-z_0-9]*))/y;
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new Error(`not DOT: ${text.slice(at, at + 40)}`);
    const [, quoted, mark, word] = found;
    const value = quoted?.replace(/\\(["\\])/g, '$1').replaceAll('&amp;', '&') ?? mark ?? word ?? '';
    if (mark === ';' || mark === '{') statements.push([]);
    else statements.at(-1)?.push(value);
  }
  return statements;
}

/** The labels of a Mermaid flowchart by node. Throws where a line is no node, edge or class. */
export function readMermaid(text: string): Map<string, string> {
  const labels = new Map<string, string>();
  const [head, ...lines] = text.trimEnd().split('\n');
  if (head !== 'flowchart LR') throw new Error(`not a flowchart: ${head}`);
  for (const line of lines) {
    if (/^ {2}(n\d+ --> n\d+|classDef job [a-z0-9#:,-]+)$/.test(line)) continue;
    const node = /^ {2}(n\d+)(?:\(\["([^"]*)"\]\)|\["([^"]*)"\]:::job)$/.exec(line);
    const label = node?.[2] ?? node?.[3];
    if (node?.[1] === undefined || label === undefined || /[<>`%&*]/.test(label))
      throw new Error(`not Mermaid: ${line}`);
    labels.set(
      node[1],
      label.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))),
    );
  }
  return labels;
}
