/**
 * The library: what a program that imports `objflow` is given.
 */
export type { Diagnostic, Place } from './core/diagnostic.js';
export type { Job, Retries, Source, SourcesAs, Target } from './core/job.js';
export type { Mapping, ObjectDeclaration } from './core/mapping.js';
export type { ObjectId } from './core/object.js';
export type { Pattern } from './core/pattern.js';
export type { Result } from './core/result.js';
export { type Counted, type Loaded, type LoadFailure, loadMapping } from './manifest/load.js';
