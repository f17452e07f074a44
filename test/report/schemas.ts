/** Checks documents against schema/*.json, and more strictly than they say: a field that no schema names is a fault. */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

export const readSchema = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8'));

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in schema && 'type' in schema ? { additionalProperties: false, ...inner } : inner;
}

const checks = new Map<string, ValidateFunction>();

function checkOf(name: string): ValidateFunction {
  // What `closed` makes of an object is an object.
  const check =
    checks.get(name) ?? new Ajv({ strict: true, allErrors: true }).compile(closed(readSchema(name)) as object);
  checks.set(name, check);
  return check;
}

/** What is wrong with a document; empty where it is as the schema says. */
export function faults(
  name: 'validate' | 'graph' | 'status' | 'plan' | 'events' | 'journal' | 'asked' | 'history' | 'logs' | 'why',
  document: unknown,
): string[] {
  const check = checkOf(name);
  return check(document) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
