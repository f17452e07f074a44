/**
 * An announcement as a document, and back. Anybody may write one, so nothing in it is believed before it was looked at.
 * Knows nothing of files.
 */
import { isUtf8 } from 'node:buffer';
import { asObjectId, asVersion, type ObjectId, type Version } from '../core/object.js';
import { err, ok, type Result } from '../core/result.js';

/** Somebody says that an object has a new version. */
export interface Announced {
  readonly object: ObjectId;
  /** Empty for a file, which is itself the truth: it is only to be looked at. */
  readonly version: Version;
  /** What is announced under a key that was counted before is not counted again. */
  readonly key?: string;
  /** Milliseconds since 1970, by the clock of whoever made it. */
  readonly at: number;
}

/** The version of the document that this program writes; newer ones are refused. */
const documentVersion = 1;

/** Its bytes. */
export const documentOf = ({ object, version, key, at }: Announced): Buffer =>
  Buffer.from(
    `${JSON.stringify({
      format: 'objflow-announcement',
      version: documentVersion,
      object,
      objectVersion: version,
      ...(key === undefined ? {} : { key }),
      at,
    })}\n`,
  );

/** The fields of a JSON document; none of them is believed yet. */
export function fieldsIn(bytes: Buffer): Result<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = isUtf8(bytes) ? JSON.parse(bytes.toString()) : undefined;
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null) return err('it is not a JSON document');
  return ok(value as Readonly<Record<string, unknown>>); // an object has fields; that is all the type says
}

/** What a document announces. Fields that are not known are passed over: a later objflow may add some. */
export function announcedIn(fields: Readonly<Record<string, unknown>>): Result<Announced> {
  const { format, version, object, objectVersion, key, at } = fields;
  if (format !== 'objflow-announcement') return err('it is not an announcement of objflow, nor a request');
  if (typeof version === 'number' && version > documentVersion)
    return err(`a newer objflow wrote it (version ${version}); use that one here, too`);
  if (version !== documentVersion) return err('its field "version" is not 1');
  if (!isObject(object)) return err('its field "object" is not the id of an object, as in table:raw.orders');
  if (typeof objectVersion !== 'string') return err('its field "objectVersion" is not a text');
  if (key !== undefined && typeof key !== 'string') return err('its field "key" is not a text');
  if (typeof at !== 'number' || !Number.isFinite(at)) return err('its field "at" is not a time');
  const content = { object: asObjectId(object), version: asVersion(objectVersion), at };
  return ok(key === undefined ? content : { ...content, key });
}

/** `kind:name`, of characters that can be shown. */
const isObject = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9+.-]+:[^\p{Cc}\p{Cs}]+$/u.test(value);
