// Reads the code of a cartridge by camera, or from a picture of it, into the box for codes. Nothing leaves this device.
import { worded } from "./worded.js";

const FORMATS = ["DataMatrix", "Code128", "QRCode", "Code39", "EAN13", "UPCA"];
const NATIVE = ["data_matrix", "code_128", "qr_code", "code_39", "ean_13", "upc_a"];

for (const button of document.querySelectorAll("[data-camera]")) {
  button.addEventListener("click", () => scan(button.dataset.camera));
}
for (const picture of document.querySelectorAll("[data-picture]")) {
  picture.addEventListener("change", async () => {
    const [file] = picture.files;
    picture.value = "";
    if (!file) return;
    say(picture.dataset.picture, worded("Reading the picture …"));
    try {
      take(picture.dataset.picture, await byOurs(file), worded("No code was found in the picture. Take it closer, in good light, or type the code."));
    } catch {
      say(picture.dataset.picture, worded("This picture cannot be read. Take another one, or type the code."));
    }
  });
}

async function scan(name) {
  const dialog = document.getElementById(`${name}-camera`);
  const video = dialog.querySelector("video");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch {
    return say(name, worded("The camera cannot be used here. Allow it in the browser, read a picture of the code, or type it."));
  }
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  video.srcObject = stream;
  dialog.showModal();
  try {
    await video.play();
    const read = await reader();
    while (dialog.open) {
      const found = await read(video);
      if (found) { take(name, found); break; }
      await new Promise((go) => setTimeout(go, 120));
    }
  } catch {
    say(name, worded("The camera stopped. Read a picture of the code, or type it."));
  } finally {
    for (const track of stream.getTracks()) track.stop();
    if (dialog.open) dialog.close();
  }
}

// The browser's own detector where it knows the square codes; ours everywhere else.
async function reader() {
  const known = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
  if (!known.includes("data_matrix")) return async (video) => byOurs(frame(video));
  const detector = new BarcodeDetector({ formats: NATIVE.filter((each) => known.includes(each)) });
  return async (video) => (await detector.detect(video))[0]?.rawValue;
}

function frame(video) {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

let ours = null;
async function byOurs(picture) {
  ours ??= import("./zxing/reader.js").then((zxing) => {
    zxing.prepareZXingModule({ overrides: { locateFile: (file) => new URL(`./zxing/${file}`, import.meta.url).href } });
    return zxing;
  });
  const zxing = await ours;
  const found = await zxing.readBarcodes(picture, { formats: FORMATS, tryHarder: true, textMode: "Plain", maxNumberOfSymbols: 1 });
  return found.find((each) => each.isValid)?.text;
}

function take(name, code, otherwise = "") {
  if (!code) return say(name, otherwise);
  const box = document.getElementById(name);
  box.value = code;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  // In the stock a code is taken in as a scanner's is; in a session it waits for the rest of the form.
  if (box.form?.dataset.scans) { say(name, worded("✓ Read.")); box.form.requestSubmit(); }
  else say(name, worded("✓ Read. It is checked when the session opens."));
}

function say(name, words) {
  document.getElementById(`${name}-says`).textContent = words;
}
