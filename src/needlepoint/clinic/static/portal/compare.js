// Lays the two photos over one another and lets a slider uncover the second; without this they stand side by side.
for (const pair of document.querySelectorAll("[data-compare]")) {
  const label = pair.querySelector(".slide");
  const slider = label.querySelector("input");
  const cut = () => pair.style.setProperty("--cut", `${100 - slider.value}%`);
  pair.classList.add("over");
  label.hidden = false;
  slider.addEventListener("input", cut);
  cut();
}
