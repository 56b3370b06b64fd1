// On the way from one state to another: numbers pass through what lies between.

// A function from 0 … 1 to the value there, or null where there is nothing between the two.
function between(schema, from, to) {
  if (schema.kind === "number") return (share) => from + share * (to - from);
  if (!Array.isArray(to) || from.length !== to.length) return null;
  const fields = schema.fields && Object.values(schema.fields);
  const parts = to.map((end, i) => between(fields ? fields[i] : schema.of, from[i], end));
  if (parts.every((part) => part === null)) return null;
  return (share) => parts.map((part, i) => (part ? part(share) : to[i]));
}

// A function from 0 … 1 to the part of a state that is reached on the way to `goal`. What has nothing in
// between is there at once.
export function wayTo(schema, state, goal) {
  const names = Object.keys(goal);
  const ways = names.map((name) =>
    between(schema[name], state[name], goal[name]) ?? (() => goal[name]));
  return (share) => Object.fromEntries(names.map((name, i) => [name, ways[i](share)]));
}

export const equal = (a, b) => a === b || (Array.isArray(a) && Array.isArray(b)
  && a.length === b.length && a.every((each, i) => equal(each, b[i])));
