// The values of something since a run began: at every `stride`-th step, the sparser the more steps
// there are, and at the latest one.

const ROOM = 256;

const histories = new WeakMap(); // from whoever runs to the history

// Remember the value at a step. One that is not the next, nor the same again, begins anew.
export function record(owner, step, value) {
  let history = histories.get(owner);
  if (!history || step < history.step || step > history.step + 1) {
    history = { from: step, stride: 1, values: [] };
    histories.set(owner, history);
  }
  Object.assign(history, { step, value });
  const { from, stride, values } = history;
  if ((step - from) % stride === 0) values[(step - from) / stride] = value;
  if (values.length < ROOM) return;
  history.values = values.filter((_, i) => i % 2 === 0);
  history.stride *= 2;
}

// The steps that are remembered, and the values there.
export function recorded(owner) {
  const { from, stride, values, step, value } = histories.get(owner);
  return { steps: [...values.map((_, i) => from + i * stride), step], values: [...values, value] };
}
