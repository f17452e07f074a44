import { expect, test } from 'vitest';
import * as sinks from '../../src/report/sinks.js';
import { commandsIn, controls, names, obeyed, readDot, readMermaid } from './hostile.js';

test('no sink lets anything out that a terminal obeys', () => {
  const ways = [
    sinks.terminal,
    sinks.githubData,
    sinks.githubProperty,
    sinks.githubLog,
    sinks.dot,
    sinks.mermaid,
    sinks.uriPath,
    (text: string) => sinks.json(text),
    sinks.markup,
    (text: string) => sinks.scriptJson(text),
  ];
  for (const way of ways) {
    for (const name of [...names, ...controls.flatMap((one) => controls.map((other) => one + other))]) {
      const out = way(name);
      // Two halves make a whole character, which is harmless.
      expect([obeyed(out), out.includes('\n')], JSON.stringify(name)).toEqual([false, false]);
    }
  }
});

test('a terminal shows what it would obey', () => {
  expect(sinks.terminal('a\x1b[31mb\u202ec\r\nd\te\u2028\x9b\ud83d 💩 日本語 é')).toBe(
    'a\\x1b[31mb\\u202ec\\x0d\\x0ad  e\\u2028\\x9b\\ud83d 💩 日本語 é',
  );
});

test('JSON gives back every text', () => {
  for (const name of names) expect(JSON.parse(sinks.json({ name }))).toEqual({ name });
});

test('a runner of GitHub finds our command, and none in its text', () => {
  for (const name of names) {
    const log = `::error file=${sinks.githubProperty(name)},title=t::${sinks.githubData(name)}\n${sinks.githubLog(name)}`;
    const [command, ...others] = commandsIn(log);
    expect(others, JSON.stringify(name)).toEqual([]);
    expect(command?.properties).toEqual({ file: command?.data, title: 't' });
    expect(command?.data).toBe(name.replace(/[^\r\n]+/g, sinks.terminal));
  }
});

test('DOT and Mermaid read back what a terminal would show', () => {
  for (const name of names) {
    expect(readDot(`${sinks.dot(name)};`)[0], name).toEqual([sinks.terminal(name)]);
    const chart = readMermaid(`flowchart LR\n  n0([${sinks.mermaid(name)}])\n`);
    expect(chart.get('n0')).toBe(sinks.terminal(name));
  }
});

test('a path becomes a URI whose segments decode to it', () => {
  expect(sinks.uriPath('jobs/a b#1%:é.yaml')).toBe('jobs/a%20b%231%25%3A%C3%A9.yaml');
  expect(sinks.uriPath('../x/\ud83d')).toBe('../x/%EF%BF%BD');
});

test('SVG and HTML read back what a terminal would show, and find no tag, quote or entity in it', () => {
  for (const name of names) {
    const out = sinks.markup(name);
    expect(out.replace(/&#\d+;/g, ''), JSON.stringify(name)).not.toMatch(/[<>&"']/);
    expect(out.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).toBe(sinks.terminal(name));
  }
  expect(sinks.markup(`<img src=x onerror='a("b")'>&amp;`)).toBe(
    '&#60;img src=x onerror=&#39;a(&#34;b&#34;)&#39;&#62;&#38;amp;',
  );
  expect(sinks.markup('a\ufffeb\uffffc\x00d\u202ee\ud83d')).toBe('a\\ufffeb\\uffffc\\x00d\\u202ee\\ud83d');
});

test('JSON in a script gives back every text, and ends no script', () => {
  for (const name of [...names, '</script>', '<!--<script>', ']]>']) {
    const out = sinks.scriptJson({ name });
    expect(out).not.toContain('<');
    expect(JSON.parse(out)).toEqual({ name });
  }
});
