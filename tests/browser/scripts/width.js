// What sticks out of a window of this width, once the window has it.
const [width, done] = arguments;
const measure = () => {
  const root = document.documentElement;
  if (root.scrollWidth <= width) return [];
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > width + 0.5);
  const name = (e) => `${e.localName}${e.id && "#" + e.id}${[...e.classList].map((c) => "." + c).join("")} to ${Math.round(e.getBoundingClientRect().right)}`;
  return [`the page is ${root.scrollWidth} px wide: ${out.slice(0, 6).map(name).join(", ")}`];
};
const look = () => (innerWidth === width ? done(measure()) : requestAnimationFrame(look));
look();
