// What this device keeps is sealed for whoever is signed in here and now: a key made of the session's own cookie.
// Without that cookie, or under another one, it can be read by nobody, and is wiped. In a patient's hands it is neither read
// nor wiped: the server has put a word in the cookie's place, and puts the cookie back when the tablet is back.

const PLACE = "np-sealed:", GOING = "np-going", LENT = "lent";
// What somebody did or typed has no age: the clock of a device is set right by years at the instant a network comes.
export const HOWEVER_OLD = Infinity;
const bytes = (text) => new TextEncoder().encode(text);
const text64 = (raw) => btoa(Array.from(new Uint8Array(raw), (each) => String.fromCharCode(each)).join(""));
const raw64 = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

const cookie = () => document.cookie.split("; ").find((each) => each.startsWith("np_device="))?.slice(10) ?? "";
const lent = () => cookie() === LENT;

export function seal() {
  return lent() ? "" : cookie();
}

async function owner() {
  return text64(await crypto.subtle.digest("SHA-256", bytes(`owner ${seal()}`)));
}

async function key() {
  const raw = await crypto.subtle.importKey("raw", bytes(seal()), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes("device copy") };
  return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function put(name, text, at = new Date().toISOString()) {
  if (!seal() || !crypto.subtle) return false;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(name + at) }, await key(), bytes(text));
  try {
    localStorage.setItem(PLACE + name, JSON.stringify({ owner: await owner(), at, iv: text64(iv), sealed: text64(sealed) }));
  } catch {
    return false;
  }
  return true;
}

export async function take(name, oldestMs = 8 * 3600 * 1000) {
  const kept = JSON.parse(localStorage.getItem(PLACE + name) ?? "null");
  if (!kept || !crypto.subtle || lent() || going() && !seal()) return null;
  const age = Date.now() - Date.parse(kept.at);
  if (!seal() || kept.owner !== await owner() || age > oldestMs || age < -oldestMs) {
    drop(name);
    return null;
  }
  try {
    const how = { name: "AES-GCM", iv: raw64(kept.iv), additionalData: bytes(name + kept.at) };
    return { at: kept.at, text: new TextDecoder().decode(await crypto.subtle.decrypt(how, await key(), raw64(kept.sealed))) };
  } catch {
    drop(name);
    return null;
  }
}

export function drop(name) {
  localStorage.removeItem(PLACE + name);
}

export function wipe() {
  localStorage.removeItem(GOING);
  for (const name of Object.keys(localStorage).filter((each) => each.startsWith(PLACE))) localStorage.removeItem(name);
}

// Whoever signs out while nobody answers takes the key along at once; what it sealed waits for the server to give it anew.
export const going = () => localStorage.getItem(GOING) === "yes";
export function goes(on = true) {
  if (!on) return localStorage.removeItem(GOING);
  localStorage.setItem(GOING, "yes");
  document.cookie = "np_device=; Max-Age=0; Path=/; SameSite=Strict";
}

// On every page: what belongs to nobody here goes.
export async function tidy() {
  if (lent() || going() && !seal()) return;
  const mine = seal() && crypto.subtle ? await owner() : "";
  for (const name of Object.keys(localStorage).filter((each) => each.startsWith(PLACE))) {
    const kept = JSON.parse(localStorage.getItem(name) ?? "null");
    if (!mine || kept?.owner !== mine) localStorage.removeItem(name);
  }
}
