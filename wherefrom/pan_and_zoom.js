// Move the drawing by dragging, enlarge it with the wheel, show all of it with a double click.
"use strict";
const drawing = document.querySelector("svg");
const whole = { ...["x", "y", "width", "height"].reduce(
  (found, name) => ({ ...found, [name]: drawing.viewBox.baseVal[name] }), {}) };
const view = { ...whole };
const show = () => drawing.setAttribute(
  "viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);

drawing.addEventListener("wheel", (event) => {
  event.preventDefault();
  const factor = event.deltaY < 0 ? 0.85 : 1 / 0.85;
  if (view.width * factor > 20 * whole.width || view.width * factor < whole.width / 50) return;
  const point = new DOMPoint(event.clientX, event.clientY)
    .matrixTransform(drawing.getScreenCTM().inverse());
  view.x = point.x - (point.x - view.x) * factor;
  view.y = point.y - (point.y - view.y) * factor;
  view.width *= factor;
  view.height *= factor;
  show();
}, { passive: false });

drawing.addEventListener("pointermove", (event) => {
  if (event.buttons !== 1) return;
  const scale = drawing.getScreenCTM().a;
  view.x -= event.movementX / scale;
  view.y -= event.movementY / scale;
  show();
});

drawing.addEventListener("dblclick", () => {
  Object.assign(view, whole);
  show();
});
