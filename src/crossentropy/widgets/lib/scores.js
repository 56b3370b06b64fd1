// Scores: what a forecaster is paid for a report on an event, once the outcome is known, and which
// reports pay the most on average. Larger is better; natural logarithms.

const honest = (p) => [p, p];

// pay    (probability reported of what happened, that of what did not) => the payment
// best   (belief) => the interval of the reports that are expected to pay the most
export const SCORES = {
  log: { pay: Math.log, best: honest },
  brier: { pay: (hit, miss) => -((hit - 1) ** 2) - miss ** 2, best: honest },
  spherical: { pay: (hit, miss) => hit / Math.sqrt(hit * hit + miss * miss), best: honest },
  linear: {
    pay: (hit) => hit,
    best: (p) => (p === 0.5 ? [0, 1] : p > 0.5 ? [1, 1] : [0, 0]),
  },
  zero_one: {
    pay: (hit, miss) => (hit === miss ? 0.5 : Number(hit > miss)),
    // 1/2 itself is a tie, and among the best only for a coin.
    best: (p) => (p === 0.5 ? [0, 1] : p > 0.5 ? [0.5, 1] : [0, 0.5]),
  },
};

// What never happens pays nothing, not even minus infinity.
const weighted = (weight, payment) => (weight === 0 ? 0 : weight * payment);

// What somebody expects who believes in the event with probability p, and reports q.
export const expectedScore = (name, p, q) =>
  weighted(p, SCORES[name].pay(q, 1 - q)) + weighted(1 - p, SCORES[name].pay(1 - q, q));
