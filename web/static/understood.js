// What the shop made of the words: one removable chip for each piece.

import { element } from "./dom.js";

/** Draws a chip for each constraint and for the order; `keep(source)` is called to have its words back as words. */
export function drawUnderstood(place, understood, keep) {
  const pieces = [...understood.constraints, ...(understood.sort ? [understood.sort] : [])];
  const bySource = new Map(pieces.map((piece) => [piece.source, piece]));
  const chips = [...bySource.values()].map((piece) => chip(piece, keep));
  const notes = (understood.notes ?? []).map((note) => element("li", { className: "note", textContent: note }));
  place.replaceChildren(...chips, ...notes);
  place.hidden = chips.length === 0;
}

function chip(piece, keep) {
  const button = element(
    "button",
    {
      type: "button",
      className: piece.applied === "no" ? "unused" : "",
      "aria-label": `Understood: ${piece.source}. Take it as plain words instead`,
      "data-source": piece.source,
    },
    piece.source,
    element("span", { "aria-hidden": "true", textContent: "×" }),
  );
  button.addEventListener("click", () => keep(piece.source));
  return element("li", {}, button);
}
