// A formula as MathML, so that it is read as one: out of text in which <i> marks the variables and
// <sub> and <sup> their indices. p is p's colour, q is q's, and KL the divergence's, as in pictures.

const TOKEN = /<(\/?)(i|sub|sup)>| |[²³⁴]|₂|\d+|[A-Za-z]+|./gsu;
const FUNCTIONS = new Set(["log", "max", "sin", "cos", "sgn", "e", "KL", "LSE", "NLL"]);
const RAISED = { "²": 2, "³": 3, "⁴": 4 };
const ROLES = { p: ' class="role-p"', q: ' class="role-q"', KL: ' class="role-kl"' };
const OPENING = "([";
const CLOSING = ")]";
const HAT = "\u0302";
const NARROW = '<mspace width="0.17em"></mspace>'; // around the name of a function

const tagged = (tag, ...parts) => `<${tag}>${parts.join("")}</${tag}>`;
const grouped = (items) => (items.length === 1 ? items[0] : tagged("mrow", ...items));

const variable = (letter, next) => next === HAT && letter === "p"
  // As an accent over a letter, WebKit puts the hat its own height too high.
  ? `<mtext${ROLES.p}>\u{1d45d}${HAT}</mtext>`
  : `<mi${ROLES[letter] ?? ""}>${letter}</mi>`;
const upright = (name) => name.length > 1
  ? `<mi${ROLES[name] ?? ""}>${name}</mi>` : `<mi mathvariant="normal">${name}</mi>`;

function operator(sign, isFirst, isSpaced) {
  const form = OPENING.includes(sign) || (sign === "−" && isFirst) ? "prefix"
    : CLOSING.includes(sign) ? "postfix" : "infix";
  const tight = "/‖".includes(sign) || (sign === "|" && !isSpaced) || form !== "infix"
    ? ' lspace="0" rspace="0"' : sign === "," ? ' lspace="0" rspace="0.3em"' : "";
  return `<mo form="${form}" stretchy="false"${tight}>${sign}</mo>`;
}

// The items up to the end of a group. Each is markup; `last` says what the last of them is.
function items(tokens, inItalics) {
  const row = [];
  let [last, isSpaced, isItalic] = ["operator", false, inItalics];
  const push = (kind, markup) => {
    const isApart = last === "function" || (kind === "function" && last !== "operator");
    if (isSpaced && kind !== "operator" && isApart) row.push(NARROW);
    row.push(markup);
    [last, isSpaced] = [kind, false];
  };
  const script = (tag, index) => {
    row.push(tagged(tag, row.pop(), index));
  };
  while (tokens.length) {
    const [sign, end, tag] = tokens.shift();
    if (tag === "i") isItalic = !end;
    else if (end) return row;
    else if (tag) script(`m${tag}`, grouped(items(tokens, isItalic)));
    else if (sign in RAISED) script("msup", `<mn>${RAISED[sign]}</mn>`);
    else if (sign === "₂") script("msub", "<mn>2</mn>");
    else if (sign === " ") isSpaced = true;
    else if (/\d/.test(sign)) push("number", `<mn>${sign}</mn>`);
    else if (sign === HAT) continue; // its letter has it
    else if (/\p{L}/u.test(sign) && isItalic) {
      [...sign].forEach((letter, i) =>
        push("variable", variable(letter, i === sign.length - 1 ? tokens[0]?.[0] : "")));
    } else if (FUNCTIONS.has(sign) || /[^\p{ASCII}]/u.test(sign) && /\p{L}/u.test(sign)) {
      push("function", upright(sign));
    } else if (/\p{L}/u.test(sign)) {
      // Words keep the spaces around them.
      const before = row.length && isSpaced ? "\u00a0" : "";
      const after = tokens[0]?.[0] === " " && !/^[=−]$/.test(tokens[1]?.[0]) ? "\u00a0" : "";
      push("words", `<mtext>${last === "words" ? "" : before}${sign}${after}</mtext>`);
    } else if (sign === "√") push("root", "");
    else {
      const markup = operator(sign, last === "operator", isSpaced);
      push(CLOSING.includes(sign) ? "closing" : "operator", markup);
    }
  }
  return row;
}

// A root covers the item after it, index and all.
function rooted(row) {
  const i = row.indexOf("");
  if (i < 0) return row;
  return [...row.slice(0, i), tagged("msqrt", row[i + 1]), ...rooted(row.slice(i + 2))];
}

export const formula = (markup) =>
  `<math translate="no">${rooted(items([...markup.matchAll(TOKEN)], false)).join("")}</math>`;
