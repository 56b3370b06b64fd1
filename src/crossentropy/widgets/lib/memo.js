// What takes long is done again only when one of its `keys` changes. Returns what it gave.
export function createMemo() {
  let [last, result] = [null, undefined];
  return (keys, compute) => {
    if (last && keys.length === last.length && keys.every((key, i) => key === last[i])) {
      return result;
    }
    last = keys;
    result = compute();
    return result;
  };
}
