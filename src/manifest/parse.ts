/**
 * The text of a manifest as a tree: read the quick way where it is plain, by the library otherwise. The library is loaded
 * when it is needed.
 */
import { readPlain } from './plain.js';
import type { ManifestText } from './text.js';
import { makeTree } from './tree.js';
import type { ParsedYaml } from './yaml.js';

/** Parses one manifest; all findings about its syntax at once. */
export async function parseManifest(source: ManifestText): Promise<ParsedYaml> {
  const plain = readPlain(source.text);
  if (plain !== undefined) return { tree: makeTree(source, plain.data, plain.spots), findings: [] };
  const { parseYaml } = await import('./yaml.js');
  return parseYaml(source);
}
