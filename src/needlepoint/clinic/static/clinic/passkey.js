// Where a passkey was called off or did not come, the page says so in its own words, and stands as it was.
const says = document.querySelector("[data-passkey]");

document.addEventListener("allauth.error", (event) => {
  if (!says) return;
  event.preventDefault();
  says.hidden = true;
  // Shown anew, so that it is read aloud each time.
  requestAnimationFrame(() => { says.hidden = false; });
});
