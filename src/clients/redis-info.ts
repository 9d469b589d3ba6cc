/** INFO's text as a map: `role` → `master`. Section headers and empty lines are left out. */
export function parseInfo(text: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return fields;
}

/** A flat reply of name, value, name, value (CONFIG GET, SENTINEL MASTER) as a map. */
export function parsePairs(reply: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(reply)) return {};
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < reply.length; at += 2) fields[String(reply[at])] = String(reply[at + 1]);
  return fields;
}
