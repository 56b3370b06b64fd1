// On the way from one state to another: numbers pass through what lies between.

// A function from 0 … 1 to the value there, or null where there is nothing between the two.
export function between(schema, from, to) {
  if (schema.kind === "number") return (share) => from + share * (to - from);
  if (!Array.isArray(to) || from.length !== to.length) return null;
  const fields = schema.fields && Object.values(schema.fields);
  const parts = to.map((end, i) => between(fields ? fields[i] : schema.of, from[i], end));
  if (parts.every((part) => part === null)) return null;
  return (share) => parts.map((part, i) => (part ? part(share) : to[i]));
}

export const equal = (a, b) => a === b || (Array.isArray(a) && Array.isArray(b)
  && a.length === b.length && a.every((each, i) => equal(each, b[i])));
