// What charts and tables of figures can do more with scripts: say what a mark means, sort, filter. Without scripts everything is there to read.
//
// A mark's meaning: its <title> (as src/charts writes it) or `data-tip`, shown at the pointer, at focus, and mark by mark with the arrow keys.
// <table data-sortable>: headings become buttons; a cell's `data-value` is its number, otherwise its text counts; <th data-unsorted> stays as it is.
// <input data-filters="#table">: shows the rows that hold all words typed, marks of letters or not. Beside it, if wanted:
// <output data-count-of="#table" data-text="{n} đơn vị">, <p data-none-of="#table" hidden>, and [data-with-script][hidden] around all of it.

/** A text without marks of letters and case: "Hoàn Kiếm" becomes "hoan kiem". */
export function fold(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Whether a text holds all words of what was typed. */
export function holds(text, typed) {
  const folded = fold(text);
  return fold(typed).split(' ').every((word) => folded.includes(word));
}

/** The order of two cells' values; what is missing comes last in either direction. */
export function order(a, b, down, collator) {
  const none = (v) => v === '' || Number.isNaN(v);
  if (none(a) || none(b)) return none(a) - none(b);
  const way = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  return down ? -way : way;
}

const language = () => document.documentElement.lang || 'vi';

/* Meanings of marks */

function tips() {
  const tip = document.createElement('div');
  tip.className = 'chart-tip';
  tip.setAttribute('role', 'status');
  tip.hidden = true;
  document.body.append(tip);
  let current = null;
  let pointed = false;

  const hide = () => {
    tip.hidden = true;
    current?.classList.remove('c-current');
    current = null;
  };
  const show = (mark, x, y) => {
    if (current !== mark) hide();
    current = mark;
    pointed = x !== undefined;
    if (tip.textContent !== mark.dataset.tip) tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const [left, top] = [x ?? box.left + box.width / 2, y ?? box.top];
    const { width, height } = tip.getBoundingClientRect();
    const above = top - height - 12;
    // Positions through the object model: the page's policy forbids only style attributes in its text.
    tip.style.left = `${Math.max(4, Math.min(left - width / 2, document.documentElement.clientWidth - width - 4))}px`;
    tip.style.top = `${above > 4 ? above : top + 20}px`;
  };

  for (const title of document.querySelectorAll('.chart .c-mark > title')) {
    const mark = title.parentElement;
    mark.dataset.tip = title.textContent;
    // A link without text of its own is named by it.
    const link = mark.closest('a');
    if (link && !link.querySelector('text')) link.setAttribute('aria-label', title.textContent);
    title.remove(); // or the browser would show it a second time
  }
  document.addEventListener('pointerover', (event) => {
    const mark = event.target.closest?.('[data-tip]');
    if (mark) show(mark, event.clientX, event.clientY);
    else if (pointed) hide();
  });
  document.addEventListener('focusin', (event) => {
    const mark = event.target.closest?.('[data-tip]') ?? (event.target.matches?.('.chart a') ? event.target.querySelector('[data-tip]') : null);
    if (mark) show(mark);
    else hide();
  });
  document.addEventListener('focusout', hide);
  // Under a pointer something else may be now; what has the focus still has it, and coming to it is often what scrolled.
  document.addEventListener('scroll', () => { if (pointed) hide(); else if (current) show(current); }, { passive: true, capture: true });

  for (const chart of document.querySelectorAll('.chart')) {
    const marks = [...chart.querySelectorAll('[data-tip]')];
    // A chart whose marks are links is walked through by them.
    if (!marks.length || marks.every((mark) => mark.closest('a'))) continue;
    chart.setAttribute('tabindex', '0');
    let at = -1;
    chart.addEventListener('blur', () => { at = -1; });
    chart.addEventListener('keydown', (event) => {
      if (event.target !== chart) return;
      const last = marks.length - 1;
      const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at < 0 ? last : at - 1, ArrowUp: at < 0 ? last : at - 1, Home: 0, End: last }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      at = Math.max(0, Math.min(last, next));
      const mark = marks[at];
      const box = mark.getBoundingClientRect();
      if (box.top < 0 || box.bottom > window.innerHeight) mark.scrollIntoView({ block: 'center' });
      show(mark);
      mark.classList.add('c-current');
    });
  }
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
}

/* Sorting */

function value(row, column) {
  const cell = row.cells[column];
  if (!cell) return '';
  if (!('value' in cell.dataset)) return cell.textContent.trim();
  return cell.dataset.value.trim() === '' ? '' : Number(cell.dataset.value);
}

function sortable(table) {
  const head = table.tHead?.rows[table.tHead.rows.length - 1];
  if (!head || [...head.cells].some((th) => th.colSpan > 1)) return;
  const collator = new Intl.Collator(language(), { numeric: true });
  [...head.cells].forEach((th, column) => {
    if (th.tagName !== 'TH' || 'unsorted' in th.dataset || !th.textContent.trim()) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'sort';
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener('click', () => {
      const was = th.getAttribute('aria-sort');
      // Numbers begin with the largest, texts with the first.
      const numbers = [...table.tBodies].some((body) => [...body.rows].some((row) => typeof value(row, column) === 'number'));
      const down = was ? was === 'ascending' : numbers;
      for (const other of head.cells) other.removeAttribute('aria-sort');
      th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      for (const body of table.tBodies) {
        const rows = [...body.rows].map((row) => [value(row, column), row]);
        rows.sort((a, b) => order(a[0], b[0], down, collator));
        body.append(...rows.map(([, row]) => row));
      }
    });
  });
}

/* Filtering */

function filtering(input) {
  const name = input.dataset.filters;
  const table = document.querySelector(name);
  if (!table) return;
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  const texts = new Map(rows.map((row) => [row, row.textContent]));
  const numbers = new Intl.NumberFormat(language());
  const apply = () => {
    let shown = 0;
    for (const row of rows) {
      row.hidden = !holds(texts.get(row), input.value);
      shown += row.hidden ? 0 : 1;
    }
    for (const output of document.querySelectorAll(`[data-count-of="${name}"]`)) {
      output.textContent = (output.dataset.text ?? '{n}').replace('{n}', numbers.format(shown));
    }
    for (const none of document.querySelectorAll(`[data-none-of="${name}"]`)) none.hidden = shown > 0;
  };
  input.addEventListener('input', apply);
  input.addEventListener('keydown', (event) => {
    // In a form, Enter would send it and lose what was typed.
    if (event.key === 'Enter') event.preventDefault();
  });
  apply();
}

if (typeof document !== 'undefined' && document.body) {
  for (const hidden of document.querySelectorAll('[data-with-script][hidden]')) hidden.hidden = false;
  document.querySelectorAll('table[data-sortable]').forEach(sortable);
  document.querySelectorAll('input[data-filters]').forEach(filtering);
  tips();
}
