// Moves the line between before and after.
for (const slider of document.querySelectorAll("[data-slider]")) {
  const at = slider.parentElement.querySelector("[data-at]");
  const move = () => slider.style.setProperty("--at", `${at.value}%`);
  at.addEventListener("input", move);
  move();
}
