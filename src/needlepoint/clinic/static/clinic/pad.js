// A signature, drawn with a finger or a pen.

for (const pad of document.querySelectorAll("canvas.pad")) sign(pad);

function sign(pad) {
  const field = document.getElementById(pad.dataset.field);
  let strokes = [];
  try { strokes = JSON.parse(field.value || "[]"); } catch { strokes = []; }
  const pen = pad.getContext("2d");
  pen.lineWidth = 3;
  pen.lineCap = "round";
  const draw = () => {
    pen.clearRect(0, 0, pad.width, pad.height);
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], place) => (place ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.stroke();
    }
    field.value = JSON.stringify(strokes);
  };
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    const within = (value, most) => Math.round(Math.min(most, Math.max(0, value)));
    return [
      within((event.clientX - box.left) * (pad.width / box.width), pad.width),
      within((event.clientY - box.top) * (pad.height / box.height), pad.height),
    ];
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    strokes.push([place(event)]);
    draw();
  });
  pad.addEventListener("pointermove", (event) => {
    if (event.buttons && strokes.length) { strokes.at(-1).push(place(event)); draw(); }
  });
  document.querySelector(`[data-clear="${pad.id}"]`)?.addEventListener("click", () => { strokes = []; draw(); });
  draw();
}
