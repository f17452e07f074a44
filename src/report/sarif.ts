/** Findings as SARIF 2.1.0, for code scanning. Knows nothing of other formats. */
import { relative } from 'node:path';
import type { Diagnostic, Place } from '../core/diagnostic.js';
import { uriPath } from './sinks.js';

/** A log of one run; files are relative to `base`. */
export function renderSarif(diagnostics: readonly Diagnostic[], base: string): unknown {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'objflow', rules: codes.map((id) => ({ id, shortDescription: { text: sentence(id) } })) },
        },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map(({ code, severity, message, hint, place, related }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: severity,
          message: { text: plain(hint === undefined ? message : `${message}\nhelp: ${hint}`) },
          locations: [location(place, base)],
          ...(related === undefined
            ? {}
            : {
                relatedLocations: related.map((one, id) => ({
                  id,
                  ...location(one.place, base),
                  message: { text: plain(one.message) },
                })),
              }),
        })),
      },
    ],
  };
}

const location = (place: Place, base: string) => ({
  physicalLocation: {
    artifactLocation: { uri: uriPath(relative(base, place.file)) },
    region: {
      startLine: place.line,
      startColumn: place.column,
      endLine: place.endLine,
      endColumn: place.endColumn,
    },
  },
});

/** `unknown-field` as words, for viewers that list the rules. */
const sentence = (code: string): string => code.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase());

/** Square brackets before parentheses would be a link in a message. */
const plain = (text: string): string => (text.includes('](') ? text.replace(/[[\]\\]/g, '\\$&') : text);
