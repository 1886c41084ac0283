// A question page while it is answered: questions and options come and go, texts follow, broken constraints are told, rankings have buttons.
// Everything also works without this script; what is sent is checked by the server, which shows the page again where this script would have
// changed it. Conditions are evaluated by logic.js, the same trees as on the server.

const form = document.querySelector("main form");
const told = document.getElementById("told");
const tell = (words) => {
  told.textContent = "";
  // A pause, so that screen readers notice words that are said twice.
  setTimeout(() => (told.textContent = words), 100);
};

// Rankings

function ranking(field) {
  const list = field.querySelector(".ranks");
  const { up, down, said, out } = field.dataset;
  const rows = () => [...list.querySelectorAll("li")];
  const select = (row) => row.querySelector("select");
  const placeOf = (row) => select(row).selectedIndex;
  const put = (row, place) => (select(row).selectedIndex = place);
  const at = (place) => (place > 0 ? rows().find((row) => placeOf(row) === place) : undefined);
  const last = () => Math.max(0, ...rows().map(placeOf));
  const most = select(rows()[0]).options.length - 1;
  const name = (row) => row.querySelector("label").textContent;
  const places = new Map();

  function show(row, focus) {
    const order = (r) => placeOf(r) || 1000 + Number(r.dataset.o);
    const sorted = rows().sort((a, b) => order(a) - order(b));
    // Only rows out of order are moved, so that an open list stays open.
    sorted.forEach((r, n) => list.children[n] !== r && list.insertBefore(r, list.children[n] || null));
    for (const r of rows()) {
      places.set(r, placeOf(r));
      r.classList.toggle("placed", placeOf(r) > 0);
      const [first, second] = r.querySelectorAll("button");
      first.disabled = placeOf(r) === 1;
      second.disabled = placeOf(r) === 0;
    }
    if (!row) return;
    // A button that can do no more gives the focus to its neighbour.
    if (focus) (focus.disabled ? row.querySelector("button:not(:disabled)") : focus).focus();
    tell(placeOf(row) ? `${name(row)}: ${said} ${placeOf(row)}` : `${name(row)}: ${out}`);
  }

  function move(row, by) {
    const place = placeOf(row);
    const wanted = place === 0 ? Math.min(last() + 1, most) : place + by;
    const other = at(wanted);
    // Below the last place is out; so is whoever held the last place when all are taken.
    const gone = wanted > last() && place > 0;
    put(row, gone ? 0 : wanted);
    if (other && other !== row) put(other, place);
  }

  for (const row of rows()) {
    for (const [words, by, sign] of [[up, -1, "↑"], [down, 1, "↓"]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "move";
      button.textContent = sign;
      button.setAttribute("aria-label", `${words}: ${name(row)}`);
      button.addEventListener("click", () => {
        move(row, by);
        show(row, button);
        field.dispatchEvent(new Event("change", { bubbles: true }));
      });
      row.append(button);
    }
    select(row).addEventListener("change", () => {
      const before = places.get(row);
      const other = rows().find((r) => r !== row && placeOf(row) > 0 && placeOf(r) === placeOf(row));
      if (other) put(other, before);
      show(row, null);
    });
  }
  field.classList.add("buttons");
  show(null, null);
}

// What follows the answers

async function follow() {
  const { form: asked, answers: elsewhere, today, language } = JSON.parse(form.dataset.live);
  const { settle, asks, holds, admits, fill } = await import(form.dataset.logic);
  const here = asked.questions.filter((q) => q.here);

  // Everything the page can show, in the document or taken out; a place keeper stands where something was taken out.
  const keepers = new Map();
  const later = (template) => {
    const element = template.content.firstElementChild;
    keepers.set(element, template);
    template.content.replaceChildren();
    return element;
  };
  const questions = new Map();
  for (const e of form.querySelectorAll("[data-q]")) questions.set(e.dataset.q, e);
  for (const t of form.querySelectorAll("template[data-later]")) questions.set(t.dataset.later, later(t));
  const options = new Map();
  for (const [code, e] of questions) {
    const all = [...e.querySelectorAll("[data-o]")].map((o) => [Number(o.dataset.o), o]);
    for (const t of e.querySelectorAll("template[data-option]")) all.push([Number(t.dataset.option), later(t)]);
    options.set(code, new Map(all));
  }
  // Whoever is taken out has a place keeper in a document or in something else that is taken out.
  const isShown = (e) => !keepers.get(e)?.parentNode;
  function toggle(e, wanted) {
    if (isShown(e) === wanted) return false;
    if (wanted) keepers.get(e).replaceWith(e);
    else {
      if (!keepers.has(e)) keepers.set(e, document.createElement("template"));
      e.replaceWith(keepers.get(e));
    }
    return true;
  }

  const decimal = (text) => {
    const plain = text.replace(",", ".");
    return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
  };
  const whole = (text) => (/^\d{1,3}([., ]\d{3})+$/.test(text) ? text.replace(/[., ]/g, "") : text);
  const two = (n) => String(n).padStart(2, "0");
  function day(values) {
    const parts = values.filter(Boolean).length === 1 && values[0] ? values[0].split(/[/.-]/) : values;
    if (parts.length !== 3 || parts.some((p) => !/^\d{1,4}$/.test(p))) return null;
    const [d, m, y] = parts[0].length === 4 ? [...parts].reverse() : parts;
    const text = `${y}-${two(m)}-${two(d)}`;
    const date = new Date(`${text}T00:00:00Z`);
    return y.length === 4 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : null;
  }
  // One answer as it is typed; null where there is none, or none that can be read.
  function read(q) {
    const e = questions.get(q.code);
    const fields = e ? [...e.querySelectorAll(`[name="a-${q.code}"]`)] : [...form.querySelectorAll(`[name="a-${q.code}"]`)];
    const values = fields.filter((f) => (f.type !== "radio" && f.type !== "checkbox") || f.checked).map((f) => f.value.trim());
    const first = values.find(Boolean) || null;
    switch (q.type) {
      case "multiple": return values;
      case "ranking": return values.filter(Boolean).map((v) => v.split(":")).sort((a, b) => a[0] - b[0]).map(([, code]) => code);
      case "number": return first && decimal(q.decimals ? first : whole(first));
      case "date": return day(values);
      default: return first;
    }
  }
  function given() {
    const all = { ...elsewhere };
    for (const q of here) {
      const answer = read(q);
      if (answer !== null && answer.length !== 0) all[q.code] = answer;
    }
    return settle(asked, all, today);
  }

  const numbers = (n) => {
    const parted = { useGrouping: Math.abs(n) >= 10000, maximumFractionDigits: 20 };
    return new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB", parted).format(n).replace("-", "−");
  };
  const spell = (answer) => {
    if (typeof answer === "number") return numbers(answer);
    const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(answer);
    return date ? `${date[3]}/${date[2]}/${date[1]}` : String(answer);
  };

  // The constraint of a question that was just answered.
  function constraint(q, context) {
    const e = questions.get(q.code);
    const id = `e-${q.code}`;
    const answer = context.answers[q.code];
    const broken = q.constraint && answer !== undefined && !holds(q.constraint.tree, { ...context, this: q.code });
    const shown = e.querySelector("[data-said]");
    if (!broken) {
      if (shown) {
        shown.remove();
        e.classList.remove("wrong");
      }
      return;
    }
    const words = fill(q.message, context);
    if (shown) shown.textContent = words;
    else if (!e.querySelector(".error")) {
      const error = document.createElement("span");
      Object.assign(error, { className: "error", id, textContent: words });
      error.dataset.said = "";
      (e.querySelector("legend") || e.querySelector("label")).append(error);
      e.classList.add("wrong");
    } else return;
    tell(words);
  }

  function update() {
    const answers = given();
    const context = { form: asked, answers, today, language, spell };
    const changes = new Set();
    for (const q of here) {
      const e = questions.get(q.code);
      if (!e) continue;
      const wanted = asks(q, context);
      if (toggle(e, wanted)) changes.add(wanted ? "added" : "removed");
      if (q.choice_filter) {
        for (const [number, option] of options.get(q.code)) {
          const offered = admits(q.choice_filter.tree, { ...context, this: q.code }, q.options[number - 1]);
          if (toggle(option, offered) && wanted) changes.add("options");
        }
      }
      for (const words of [e, ...e.querySelectorAll("[data-fill]")]) {
        if (words.dataset.fill) words.textContent = fill(words.dataset.fill, context);
      }
    }
    for (const matrix of form.querySelectorAll(".matrix")) matrix.hidden = !matrix.querySelector("[data-q]");
    form.elements.seen.value = here.filter((q) => questions.has(q.code) && isShown(questions.get(q.code))).map(mark).join(" ");
    const said = ["added", "removed", "options"].filter((what) => changes.has(what)).map((what) => form.dataset[what]);
    if (said.length) tell(said.join(" "));
    return context;
  }
  const mark = (q) => (q.choice_filter ? `${q.code}:${[...options.get(q.code)].filter(([, o]) => isShown(o)).map(([n]) => n).join(".")}` : q.code);

  form.addEventListener("input", update);
  form.addEventListener("change", (event) => {
    const context = update();
    const code = event.target.closest("[data-q]")?.dataset.q;
    const q = here.find((one) => one.code === code);
    if (q) constraint(q, context);
  });
  update();
  form.dataset.following = "";
}

for (const field of document.querySelectorAll(".ranking")) ranking(field);
if (form.dataset.live) follow();
