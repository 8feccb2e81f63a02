// What a script says, in the language of the page: the page's head holds the translations, keyed by what is written here.
const held = document.getElementById("worded");
const spoken = held ? JSON.parse(held.textContent) : {};

// The text with its open places filled: worded("Saved %(at)s", { at }).
export const worded = (text, places = {}) =>
  (spoken[text] ?? text).replace(/%\((\w+)\)s/g, (_whole, name) => places[name] ?? "");
