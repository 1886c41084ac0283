// What a page owes to those who hear it or tap it, and how many controls of each role it shows.
const [language] = arguments;
const faults = [];
const fault = (what, e) => faults.push(e ? `${what}: ${e.outerHTML.slice(0, 160)}` : what);
const all = (css) => [...document.querySelectorAll(css)];
const shown = (e) => e.checkVisibility({ visibilityProperty: true });

if (document.documentElement.lang !== language) fault(`the language is ${document.documentElement.lang}`);
if (!document.title.trim()) fault("no title");
if (all("h1").length !== 1) fault(`${all("h1").length} h1`);
if (all("main").length !== 1) fault(`${all("main").length} main`);
let level = 0;
for (const h of all("h1, h2, h3, h4, h5, h6")) {
  const now = Number(h.localName[1]);
  if (now > level + 1) fault(`h${now} after h${level}`, h);
  level = now;
}
const ids = all("[id]").map((e) => e.id);
for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) fault(`two elements have the id ${id}`);
for (const e of all("[aria-describedby], [aria-labelledby], label[for]")) {
  for (const id of ["aria-describedby", "aria-labelledby", "for"].flatMap((a) => e.getAttribute(a)?.split(/\s+/) ?? [])) {
    if (!document.getElementById(id)) fault(`nothing has the id ${id}`, e);
  }
}
for (const e of all("a[href^='#']")) if (!document.getElementById(e.hash.slice(1))) fault("a link to nowhere", e);
for (const e of all("input[type=radio]")) {
  const group = e.closest("fieldset");
  if (!group?.querySelector(":scope > legend")?.textContent.trim()) fault("a radio button outside a fieldset with a legend", e);
}
for (const e of all("label:has(> input[type=radio]), label:has(> input[type=checkbox]), button, a.button, select, textarea, input[type=text], input[type=password], summary")) {
  const { width, height } = e.getBoundingClientRect();
  if (shown(e) && (height < 44 || width < 44)) fault(`a target of ${width} × ${height} px`, e);
}

const roles = {
  link: "a[href]", button: "button, input[type=date], input[type=file]", textbox: "input[type=text], input[type=password], textarea", radio: "input[type=radio]",
  checkbox: "input[type=checkbox]", combobox: "select", DisclosureTriangle: "summary",
};
const operated = {};
for (const [role, css] of Object.entries(roles)) {
  const count = all(css).filter(shown).length;
  if (count) operated[role] = count;
}
return { faults, operated };
