// Evaluates expressions as src/questionnaires/logic does; the server decides. docs/QUESTIONNAIRES.md describes the tree.
// A context is
//   form      the questionnaire in the server's JSON
//   answers   {code: answer}: an option's code ("yes" for consent), a list of codes, a number, a text, a day as "2026-01-31"
//   this      the code of the question that has the expression
//   today     the day of answering
//   option    the option a choice filter looks at
//   language  and spell(answer, question) are for fill( ) only
// Values are texts, numbers, truths and {day: days since 1970}. No answer is the empty text.

const own = (object, key) => (object && Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined);

const made = new WeakMap();
function once(key, make) {
  if (!made.has(key)) made.set(key, make());
  return made.get(key);
}

const question = (code, form) => once(form, () => new Map(form.questions.map((q) => [q.code, q]))).get(code);

const DAY = 86400000;
const characters = (text) => Array.from(text);
const trimmed = (text) => text.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, '');
const words = (text) => text.split(/[ \t\n\r]+/).filter((w) => w !== '');

function dayOf(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const n = date.getTime() / DAY;
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? { day: n } : null;
}

const iso = ({ day }) => new Date(day * DAY).toISOString().slice(0, 10);

function toDay(v) {
  if (typeof v === 'object') return v;
  if (typeof v === 'string') return dayOf(v);
  const day = Math.floor(v);
  return day >= -719162 && day <= 2932896 ? { day } : null; // the years 1 to 9999
}

function number(v) {
  if (typeof v === 'object') return v.day;
  if (typeof v !== 'string') return Number(v);
  return /^-?(\d+\.?\d*|\.\d+)$/.test(trimmed(v)) ? Number(trimmed(v)) : NaN;
}

// The fewest digits that read back as the same number, without an exponent.
function decimal(n) {
  const [digits, exponent] = String(n).split('e');
  if (exponent === undefined) return digits;
  const [whole, fraction = ''] = digits.replace('-', '').split('.');
  const all = whole + fraction;
  const point = whole.length + Number(exponent);
  return (n < 0 ? '-' : '') + (point > 0 ? all.padEnd(point, '0') : '0.' + '0'.repeat(-point) + all);
}

function text(v) {
  if (typeof v === 'number') return decimal(v);
  return typeof v === 'object' ? iso(v) : String(v);
}

// Rounds the number as it is written in decimals, a half towards positive infinity.
function rounded(n, places) {
  if (Number.isNaN(places)) return NaN;
  if (!Number.isFinite(n)) return n;
  places = Math.min(Math.max(Math.trunc(places), -400), 400);
  const [whole, fraction = ''] = decimal(Math.abs(n)).split('.');
  const kept = whole.length + places;
  const all = whole + fraction;
  if (kept >= all.length) return n;
  const digits = kept > 0 ? Array.from(all.slice(0, kept), Number) : [];
  const dropped = kept >= 0 ? all.slice(kept) : '0';
  if (/^50*$/.test(dropped) ? n > 0 : dropped[0] >= '5') {
    let at = digits.length - 1;
    while (at >= 0 && digits[at] === 9) digits[at--] = 0;
    if (at < 0) digits.unshift(1);
    else digits[at] += 1;
  }
  return Number((1 / n < 0 ? '-0' : '0') + digits.join('') + 'e' + (0 - places));
}

function substring(t, from, to) {
  const all = characters(t);
  const place = (n) => (n < 0 ? Math.max(all.length + Math.trunc(n), 0) : Math.min(Math.trunc(n), all.length));
  return place(to) > place(from) ? all.slice(place(from), place(to)).join('') : '';
}

function translated(t, from, to) {
  const [old, fresh] = [characters(from), characters(to)];
  const replace = (c) => (old.includes(c) ? fresh[old.indexOf(c)] || '' : c);
  return characters(t).map(replace).join('');
}

function formatted(day, format) {
  const [year, month, date] = iso(day).split('-');
  const signs = { Y: year, y: year.slice(2), m: month, n: +month, d: date, e: +date };
  return format.replace(/%(.)/gsu, (_, sign) => own(signs, sign) || sign);
}

// Patterns follow all ways at once, so that no text takes long.
function compile([kind, ...parts], steps) {
  const jump = () => steps.push({ to: [] }) - 1;
  const either = (at) => (steps[at].to = [at + 1, steps.length]);
  if (kind === 'class') steps.push({ outside: parts[0], ends: characters(parts[1]) });
  else if (kind === 'row') parts.forEach((p) => compile(p, steps));
  else if (kind === 'either') {
    const ends = parts.map((p) => {
      const split = jump();
      compile(p, steps);
      const end = jump();
      either(split);
      return end;
    });
    jump(); // after the last alternative there is no way on
    ends.forEach((end) => (steps[end].to = [steps.length]));
  } else {
    const [node, least, most] = parts;
    for (let n = 0; n < least; n += 1) compile(node, steps);
    const splits = [];
    for (let n = least; n < (most === null ? least + 1 : most); n += 1) {
      splits.push(jump());
      compile(node, steps);
    }
    if (most === null) steps[jump()].to = splits;
    splits.forEach(either);
  }
  return steps;
}

function follow(steps, todo) {
  const seen = new Set(todo);
  for (const at of seen) if (steps[at] && steps[at].to) steps[at].to.forEach((n) => seen.add(n));
  return seen;
}

function within({ outside, ends }, character) {
  const [c, ...points] = [character, ...ends].map((e) => e.codePointAt(0));
  return points.some((first, n) => n % 2 === 0 && first <= c && c <= points[n + 1]) !== outside;
}

function matches(pattern, t) {
  const steps = once(pattern, () => compile(pattern, []));
  let now = follow(steps, [0]);
  for (const character of t) {
    const next = [];
    for (const at of now) if (steps[at] && steps[at].ends && within(steps[at], character)) next.push(at + 1);
    now = follow(steps, next);
  }
  return now.has(steps.length);
}

function equal(a, b) {
  if (typeof a === 'number' || typeof b === 'number') return number(a) === number(b);
  return text(a) === text(b);
}

const fold = (together) => (...all) => (all.some(Number.isNaN) ? NaN : all.reduce(together));

const OF_NUMBERS = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '+': (a, b) => a + b,
  '-': (a, b) => (b === undefined ? -a : a - b),
  '*': (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
  number: (n) => n,
  int: Math.trunc,
  abs: Math.abs,
  round: (n, places = 0) => rounded(n, places),
  min: fold((a, b) => (b < a ? b : a)),
  max: fold((a, b) => (b > a ? b : a)),
  sum: fold((a, b) => a + b),
};

const OF_TEXTS = {
  selected: (t, code) => words(t).includes(trimmed(code)),
  'selected-at': (t, n) => words(t)[Math.trunc(number(n))] || '',
  'count-selected': (t) => words(t).length,
  rank: (t, code) => words(t).indexOf(code) + 1 || '',
  'string-length': (t) => characters(t).length,
  concat: (...all) => characters(all.join('')).slice(0, 10000).join(''),
  contains: (t, x) => t.includes(x),
  'starts-with': (t, x) => t.startsWith(x),
  'ends-with': (t, x) => t.endsWith(x),
  'upper-case': (t) => t.toUpperCase(),
  'lower-case': (t) => t.toLowerCase(),
  'normalize-space': (t) => words(t).join(' '),
  translate: translated,
  string: (t) => t,
};

const OTHERS = {
  '=': equal,
  '!=': (a, b) => !equal(a, b),
  not: (a) => !a,
  substr: (t, from, to) => substring(text(t), number(from), to === undefined ? Infinity : number(to)),
  coalesce: (a, b) => (text(a) === '' ? b : a),
  date: (v) => toDay(v) || '',
  'decimal-date-time': (v) => (toDay(v) || { day: NaN }).day,
  'format-date': (v, format) => (toDay(v) ? formatted(toDay(v), format) : ''),
};

function applied(name, given) {
  if (OF_NUMBERS[name]) return OF_NUMBERS[name](...given.map(number));
  return OF_TEXTS[name] ? OF_TEXTS[name](...given.map(text)) : OTHERS[name](...given);
}

const isEmpty = (given) => given === undefined || given === null || given.length === 0;
const listed = (q, codes) => (q.type === 'ranking' ? codes : q.options.map((o) => o.code).filter((c) => codes.includes(c)));

function answered(code, context) {
  const q = question(code, context.form);
  const given = own(context.answers, code);
  if (!q || isEmpty(given)) return '';
  if (Array.isArray(given)) return listed(q, given).join(' ');
  if (q.type === 'date' || (q.type === 'calculated' && q.calculation.day)) return dayOf(given) || '';
  return q.type === 'number' ? number(given) : given;
}

const attribute = (name, option) => (name === 'name' ? option.code : own(option.attributes, name) || '');

function choiceNames(q, codes, language) {
  const all = [...(q.options || []), q.not_applicable, q.refused].filter(Boolean);
  const found = codes.map((c) => all.find((o) => o.code === c)).filter(Boolean);
  return found.map((o) => inLanguage(o.text, language)).join(', ');
}

function look(tree, context) {
  if (!Array.isArray(tree)) return tree;
  const [name, ...parts] = tree;
  switch (name) {
    case '$': return answered(parts[0], context);
    case '.': return answered(context.this, context);
    case '@': return attribute(parts[0], context.option);
    case 'and': return parts.every((p) => look(p, context));
    case 'or': return parts.some((p) => look(p, context));
    case 'if': return look(parts[look(parts[0], context) ? 1 : 2], context);
    case 'regex': return matches(parts[1], text(look(parts[0], context)));
    case 'today': return dayOf(context.today || '') || '';
    case 'jr:choice-name': return choiceNames(question(parts[1][1], context.form), [text(look(parts[0], context))], context.form.languages[0]);
    default: return applied(name, parts.map((p) => look(p, context)));
  }
}

/** Whether a condition's tree holds. */
export function holds(tree, context) {
  return look(tree, context) === true;
}

/** The value of a tree; a day is a text. */
export function value(tree, context) {
  const v = look(tree, context);
  return typeof v === 'object' ? iso(v) : v;
}

/** Whether a choice filter's tree lets this option be offered. */
export function admits(tree, context, option) {
  return holds(tree, { ...context, option });
}

/** The answer a calculation gives, or null. */
export function calculated(calculation, context) {
  const v = look(calculation.tree, context);
  if (calculation.numeric) return Number.isFinite(number(v)) ? number(v) : null;
  return text(v) || null;
}

/** Whether the question is asked, given the answers so far. */
export function asks(q, context) {
  const section = context.form.sections[q.section];
  const here = { ...context, this: q.code };
  return [section && section.relevant, q.relevant].every((c) => !c || holds(c.tree, here));
}

/** The answers without those to questions that are not asked (any more), and with what is calculated. */
export function settle(form, answers, today) {
  const settled = { ...answers };
  const context = { form, answers: settled, today };
  for (const q of form.questions) {
    const computes = q.type === 'calculated';
    const found = asks(q, context) ? (computes ? calculated(q.calculation, context) : own(settled, q.code)) : null;
    if (isEmpty(found)) delete settled[q.code];
    else settled[q.code] = found;
  }
  return settled;
}

function inLanguage(texts, language) {
  if (typeof texts === 'string') return texts;
  return own(texts, language) || Object.values(texts)[0] || '';
}

function piped(code, context) {
  const q = question(code, context.form);
  const given = own(context.answers, code);
  if (!q || isEmpty(given) || q.type === 'consent') return '';
  if (!['single', 'multiple', 'ranking'].includes(q.type)) return context.spell ? context.spell(given, q) : text(given);
  return choiceNames(q, Array.isArray(given) ? listed(q, given) : [given], context.language);
}

/** A text with the answer in the place of each ${code}: plain text, still to be escaped. */
export function fill(words, context) {
  return inLanguage(words, context.language).replace(/\$\{([^}]*)\}/g, (_, code) => piped(code.trim(), context));
}
