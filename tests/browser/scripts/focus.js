// Where the focus is, and what is wrong with how it is shown there.
const e = document.activeElement;
const about = { tag: e.localName, id: e.id, name: e.name ?? "", value: e.value ?? "", text: e.textContent.trim().slice(0, 40), fault: null };
const light = (text) => {
  const [r, g, b] = text.match(/[\d.]+/g).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
// A choice shows the ring around its whole row.
const ringed = [e, e.closest("label")].find((x) => x && getComputedStyle(x).outlineStyle !== "none");
if (e === document.body) about.fault = "nothing has the focus";
else if (!ringed) about.fault = "no ring";
else {
  const style = getComputedStyle(ringed);
  const [low, high] = [light(style.outlineColor), light(getComputedStyle(document.body).backgroundColor)].sort((x, y) => x - y);
  const box = e.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  if (parseFloat(style.outlineWidth) < 2) about.fault = `a ring of ${style.outlineWidth}`;
  else if ((high + 0.05) / (low + 0.05) < 3) about.fault = `a ring of ${style.outlineColor} is hardly seen`;
  else if (!top || !(e.contains(top) || ringed.contains(top))) about.fault = "it is out of sight";
}
return about;
