// Which settings hold a secret, whatever the system: their values go into no file and no output of ours.

const NAMES =
  /(^|[.\-_])(password|passphrase|passwd|pass|secret|requirepass|masterauth|credentials?|token)([.\-_]|$)|jaas|secret\.key$|private\.key$|keystore\.key$/i;
/** Not secrets, though they sound like it: how long tokens live, whose they are. */
const HARMLESS = /(\.ms|\.url|\.class|\.client\.id|\.file|\.location|\.path)$/i;
const IN_VALUES = /(password|passphrase|secret|requirepass|masterauth)["']?\s*[=:]\s*\S|:\/\/[^/\s:@]+:[^/\s@]+@/i;

/** What stands in a secret's place: that there is one. */
export const SECRET_IS_SET = '(set)';

/** The value, or that there is one where it must not be told. */
export function withoutSecret(name: string, value: string): string {
  if (value === '' || value === SECRET_IS_SET) return value;
  const isSecret = (NAMES.test(name) && !HARMLESS.test(name)) || IN_VALUES.test(value);
  return isSecret ? SECRET_IS_SET : value;
}
