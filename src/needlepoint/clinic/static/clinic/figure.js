// The figure shows what the rows beside it say: how deep, how often; and a tap on a zone is a tap on its row.

// Whoever types 0,75 means three quarters, as the server reads it.
export const amount = (typed) => Number(String(typed || 0).replace(",", "."));
const LEVELS = 5, HATCHES = 4, NEAR = [8, 15, 22], CHOSEN_MM = 0.75;

function colour() {
  for (const row of document.querySelectorAll("[data-zone]")) {
    const { zone } = row.dataset;
    const ticked = row.querySelector("input[name=zones]");
    const on = ticked?.type !== "checkbox" || ticked.checked;
    // Where only a place is chosen there is no depth yet; it is shown as one that is.
    const field = row.querySelector("[data-depth]");
    const depth = field ? amount(field.value) : CHOSEN_MM;
    const ends = row.querySelector(".ends");
    const planned = on && ends && !ends.querySelector(":checked");
    const passes = Number(row.querySelector("[data-passes]")?.value || 0);
    const level = on ? Math.max(0, Math.min(LEVELS, Math.round(depth / 0.25))) : 0;
    for (const shape of document.querySelectorAll(`[data-shape="${zone}"]`)) {
      shape.dataset.level = level;
      shape.classList.toggle("planned", Boolean(planned));
    }
    for (const hatch of document.querySelectorAll(`[data-hatch="${zone}"]`)) hatch.dataset.passes = on && !planned ? Math.min(HATCHES, passes) : 0;
  }
}
document.addEventListener("input", colour);
colour();

for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => {
    const figures = button.closest("[data-figures]");
    for (const each of figures.querySelectorAll("[data-view]")) each.setAttribute("aria-pressed", String(each === button));
    for (const each of figures.querySelectorAll("[data-shows]")) each.classList.toggle("on", each.dataset.shows === button.dataset.view);
  });
}

// A gloved finger that lands beside a small zone means the nearest one within 22 px.
function hit(event) {
  const direct = event.target.closest?.(".zone.in");
  if (direct) return direct;
  if (event.target.closest?.(".zone.never")) return null;
  for (const far of NEAR) {
    for (let turn = 0; turn < 12; turn += 1) {
      const angle = (turn * Math.PI) / 6;
      const there = document.elementFromPoint(event.clientX + far * Math.cos(angle), event.clientY + far * Math.sin(angle));
      const zone = there?.closest?.(".zone.in");
      if (zone) return zone;
    }
  }
  return null;
}

for (const figure of document.querySelectorAll(".figure.taps")) {
  figure.addEventListener("click", (event) => {
    const zone = hit(event);
    const row = zone && document.querySelector(`[data-zone="${zone.dataset.shape}"]`);
    if (row) row.dispatchEvent(new CustomEvent("needlepoint:zone", { bubbles: true }));
  });
}

// The row of a tapped zone comes into view and says so; a zone that was not ticked is from now on. Where only places are
// chosen, a second tap takes it back.
document.addEventListener("needlepoint:zone", ({ target }) => {
  const ticked = target.querySelector("input[name=zones][type=checkbox]");
  const only = target.hasAttribute("data-place");
  if (ticked && (only || !ticked.checked)) {
    ticked.checked = !ticked.checked;
    ticked.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (only) return;
  for (const each of document.querySelectorAll("[data-zone]")) each.classList.toggle("now", each === target);
  for (const each of document.querySelectorAll("[data-shape]")) each.classList.toggle("now", each.dataset.shape === target.dataset.zone);
  // In a sheet it is in view already, and the page must not move under a finger.
  if (!target.closest(".sheeted")) target.scrollIntoView({ block: "center" });
});
