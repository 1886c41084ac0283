// Texts that stand out too little from their ground (WCAG 2.2: 1.4.3 and, for the borders of fields, 1.4.11), once the window has this width and scheme.
const [width, scheme, done] = arguments;
const colour = (text) => {
  const parts = /^rgba?\(([^)]+)\)$/.exec(text);
  if (!parts) throw new Error(`a colour this test cannot read: ${text}`);
  const [r, g, b, a = 1] = parts[1].split(/[ ,/]+/).map(Number);
  return [r, g, b, a];
};
const over = ([r, g, b, a], ground) => [r, g, b].map((c, i) => c * a + ground[i] * (1 - a));
const light = (rgb) => {
  const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const upwards = (e) => (e ? [e, ...upwards(e.parentElement)] : []);
const ground = (e) => {
  let below = scheme === "dark" ? [0, 0, 0] : [255, 255, 255];
  for (const layer of upwards(e).reverse()) {
    const style = getComputedStyle(layer);
    if (style.backgroundImage !== "none") throw new Error(`a picture behind text: ${layer.outerHTML.slice(0, 80)}`);
    below = over(colour(style.backgroundColor), below);
  }
  return below;
};
// A text of a drawing stands on whatever was painted there before it.
const painted = (e, below) => {
  const { x, y, width, height } = e.getBoundingClientRect();
  const at = new DOMPoint(x + width / 2, y + height / 2);
  for (const shape of e.closest("svg").querySelectorAll("rect, path, circle")) {
    if (!(shape.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
    const box = shape.getBoundingClientRect();
    if (at.x < box.left || at.x > box.right || at.y < box.top || at.y > box.bottom) continue;
    const style = getComputedStyle(shape);
    if (!style.fill.startsWith("rgb") || !shape.isPointInFill(at.matrixTransform(shape.getScreenCTM().inverse()))) continue;
    const [r, g, b, a] = colour(style.fill);
    below = over([r, g, b, a * Number(style.fillOpacity) * Number(style.opacity)], below);
  }
  return below;
};
const shown = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && upwards(e).every((x) => getComputedStyle(x).clipPath === "none");

const measure = () => {
  const faults = new Set();
  if ((light(ground(document.body)) < 0.2) !== (scheme === "dark")) faults.add("the page does not follow the scheme");
  const check = (e, text, least) => {
    const style = getComputedStyle(e);
    const [r, g, b, a] = colour(e instanceof SVGElement ? style.fill : style.color);
    const opacity = upwards(e).reduce((o, x) => o * Number(getComputedStyle(x).opacity), 1);
    const below = e instanceof SVGElement ? painted(e, ground(e)) : ground(e);
    const found = contrast(over([r, g, b, a * opacity], below), below);
    if (found < least) faults.add(`${found.toFixed(2)} instead of ${least}: “${text.trim().slice(0, 40)}” in ${e.localName}.${e.getAttribute("class") ?? ""}`);
  };
  const least = (style) => {
    const size = parseFloat(style.fontSize);
    return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (texts.nextNode()) {
    const node = texts.currentNode, e = node.parentElement;
    if (!node.data.trim() || e.closest("option, script, style, select, textarea, title, desc") || !shown(e)) continue;
    check(e, node.data, least(getComputedStyle(e)));
    count += 1;
  }
  if (count < 5) faults.add(`only ${count} texts were found`);
  for (const e of document.querySelectorAll("input[type=text], input[type=password], select, textarea")) {
    if (!shown(e)) continue;
    check(e, `field ${e.name}`, 4.5);
    const border = contrast(over(colour(getComputedStyle(e).borderTopColor), ground(e.parentElement)), ground(e.parentElement));
    if (border < 3) faults.add(`${border.toFixed(2)} instead of 3: the border of ${e.name}`);
  }
  return [...faults];
};
const ready = () => innerWidth === width && matchMedia(`(prefers-color-scheme: ${scheme})`).matches;
const look = () => {
  if (!ready()) return requestAnimationFrame(look);
  try { done(measure()); } catch (e) { done([String(e)]); }
};
look();
