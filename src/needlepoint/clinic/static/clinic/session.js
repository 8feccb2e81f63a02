// The screen of a session under way: the same as last time by one tap, and a draft that no other tab can overwrite.

const form = document.querySelector("form[data-draft]");
const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

if (form) {
  document.querySelector("[data-usual]")?.addEventListener("click", () => {
    for (const row of form.querySelectorAll("[data-usual-values]")) {
      const [depth, passes] = row.dataset.usualValues.split(" ");
      row.querySelector("[name=zones]").checked = Boolean(passes);
      if (passes) {
        row.querySelector("[data-depth]").value = depth;
        row.querySelector("[data-passes]").value = passes;
      }
    }
    changed(form);
  });
  for (const button of form.querySelectorAll("[data-endpoint]")) {
    button.addEventListener("click", () => {
      for (const row of form.querySelectorAll("[data-zone]")) {
        if (!row.querySelector("[name=zones]").checked) continue;
        for (const choice of row.querySelectorAll(".ends input")) choice.checked = choice.value === button.dataset.endpoint;
      }
      changed(form);
    });
  }
  for (const button of form.querySelectorAll("[data-lot]")) {
    button.addEventListener("click", () => {
      const { kind, name, lot } = button.dataset;
      form.elements[`${kind}_name`].value = name;
      form.elements[`${kind}_lot`].value = lot;
      for (const each of form.querySelectorAll(`[data-lot][data-kind=${kind}]`)) {
        each.setAttribute("aria-pressed", String(each === button));
      }
      changed(form);
    });
  }
  keep(form);
}

// What is typed is kept on the server every few seconds; the page says so only once it is on disk.
function keep(form) {
  const says = document.getElementById("saved");
  const stale = document.getElementById("stale");
  let timer = null, saving = null, stopped = false, again = false;

  const later = (after) => { if (timer === null && !stopped) timer = setTimeout(save, after); };
  function save() {
    timer = null;
    saving = saving ?? send().finally(() => { saving = null; if (again) { again = false; later(0); } });
    return saving;
  }
  async function send() {
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form) });
      if (answer.status === 401) return document.dispatchEvent(new CustomEvent("needlepoint:closed", { detail: answer.headers.get("HX-Redirect") }));
      const told = await answer.json();
      if (told.version && told.differences) return show(told);
      if (answer.ok) form.elements.version.value = told.version;
      says.textContent = answer.ok ? `Saved ${told.saved}` : told.problem;
    } catch {
      says.textContent = "Not saved: the server does not answer. What you typed stays on this page.";
      later(5000);
    }
  }
  function show(told) {
    stopped = true;
    says.textContent = "Not saved: see above.";
    stale.querySelector("[data-says]").textContent = told.problem;
    stale.querySelector("tbody").replaceChildren(...told.differences.map((cells) => {
      const row = document.createElement("tr");
      row.append(...cells.map((words) => Object.assign(document.createElement("td"), { textContent: words })));
      return row;
    }));
    stale.hidden = false;
    stale.scrollIntoView({ block: "center" });
    stale.querySelector("[data-keep]").onclick = () => {
      form.elements.version.value = told.version;
      stale.hidden = true;
      stopped = false;
      save();
    };
  }
  form.addEventListener("input", () => { if (saving) again = true; else later(2000); });
  // Signing waits for the draft that is on its way, else this tab would be stale by its own doing.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    timer = null;
    if (saving === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    again = false;
    await saving;
    form.requestSubmit();
  });
}
