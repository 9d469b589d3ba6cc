/**
 * How long a node may take for its answer where nothing is hurt and nothing measured. A drill is in a hurry, and who looks
 * is not: a cluster may be far away, and its machines busy.
 */
export const CALM_PATIENCE_MS = 4000;
