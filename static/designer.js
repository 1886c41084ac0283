// Saves while one writes, shows what the check says, moves questions by dragging. Every page works without it.
const form = document.getElementById("edit");
const saved = document.getElementById("saved");
const clash = document.getElementById("clash");
let timer = 0;
let running = Promise.resolve(true);
let sending = 0;
let changed = false;

function say(words) {
  saved.textContent = words;
}

/** Puts what the server now says about outline and check in place of the old; the form being written in stays as it is. */
async function refresh(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["outline", "check", "life"]) {
    const now = document.getElementById(id);
    const then = page.getElementById(id);
    if (!now || !then) continue;
    const [here, there] = id === "life" ? [now.closest("section"), then.closest("section")] : [now, then];
    if (here.contains(document.activeElement)) continue;
    const top = here.scrollTop;
    here.replaceWith(there);
    there.scrollTop = top;
  }
  const [here, there] = [document.querySelector(".middle > .here"), page.querySelector(".middle > .here")];
  if (here && there) here.replaceWith(there);
  else if (here) here.remove();
  else if (there) form.before(there);
  const title = page.querySelector(".designer-top h1");
  if (title) document.querySelector(".designer-top h1").textContent = title.textContent;
  drag();
}

async function send() {
  changed = false;
  say(saved.dataset.saving);
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "save");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.status === 409) {
      clash.hidden = false;
      clash.querySelector("a").href = location.pathname + location.search;
      say(saved.dataset.failed);
      return false;
    }
    if (!answer.ok) throw new Error(answer.statusText);
    const told = await answer.json();
    form.elements.revision.value = told.revision;
    if (told.at !== form.elements.at.value) {
      for (const field of document.querySelectorAll(`input[name="at"]`)) field.value = told.at;
      history.replaceState(null, "", "?at=" + encodeURIComponent(told.at));
    }
    say(saved.dataset.saved.replace("%", told.saved));
    await refresh(location.pathname + "?at=" + encodeURIComponent(told.at));
    const phone = document.querySelector("iframe#phone");
    if (phone) phone.contentWindow.location.replace(phone.src.replace(/at=[^&]*/, "at=" + encodeURIComponent(told.at)));
    return true;
  } catch (_) {
    changed = true;
    say(saved.dataset.failed);
    return false;
  }
}

/** Saves what was changed. Savings follow each other, so that none is taken for somebody else's. */
function save() {
  clearTimeout(timer);
  const before = running;
  running = (async () => {
    await before;
    return changed ? send() : true;
  })();
  const mine = running;
  sending += 1;
  running.finally(() => (sending -= 1));
  return mine;
}

/** Whether something is not on the server yet. */
function unsaved() {
  return changed || sending > 0;
}

if (form && !form.querySelector("fieldset.plain").disabled) {
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 900);
  });
  // A kind or language that changes brings another form, which the server makes.
  form.addEventListener("change", (event) => {
    if (["type", "kind", "languages"].includes(event.target.name) || event.target.name.endsWith(".on")) {
      form.requestSubmit(form.querySelector(".do button[value=save]"));
    }
  });
  // What leaves the page waits for what is being saved.
  addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (event.target === form) changed = false;
    if (!unsaved()) return;
    event.preventDefault();
    const { target, submitter } = event;
    if ((await save()) || target !== form) target.requestSubmit(submitter);
  });
  addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !unsaved() || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
    event.preventDefault();
    if (await save()) location.assign(link.href);
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved()) event.preventDefault();
  });
}

/** Makes the questions of the outline draggable: onto another question, before it; onto a page, at its end. */
function drag() {
  const outline = document.getElementById("outline");
  if (!outline || !form) return;
  let moved = null;
  for (const line of outline.querySelectorAll("li[data-target]")) {
    line.addEventListener("dragstart", (event) => {
      if (!line.dataset.code) return;
      event.stopPropagation();
      moved = line;
      line.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", line.dataset.code);
    });
    line.addEventListener("dragend", () => {
      line.classList.remove("dragged");
      moved = null;
    });
    line.addEventListener("dragover", (event) => {
      if (!moved || moved === line) return;
      event.preventDefault();
      event.stopPropagation();
      line.classList.add("over");
    });
    line.addEventListener("dragleave", () => line.classList.remove("over"));
    line.addEventListener("drop", async (event) => {
      line.classList.remove("over");
      if (!moved || moved === line) return;
      event.preventDefault();
      event.stopPropagation();
      const body = new URLSearchParams({
        csrf: form.elements.csrf.value,
        at: form.elements.at.value,
        do: "put",
        moved: moved.dataset.code,
        target: line.dataset.target,
      });
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (answer.ok) {
        const told = await answer.json();
        form.elements.revision.value = told.revision;
        await refresh(location.pathname + location.search);
      }
    });
  }
}
drag();
