// A picture beside words: chosen, dropped or pasted, and shown until it is taken away.

import { element } from "./dom.js";

/**
 * `button` opens `input` (type file); `shown` holds the small picture with its button to take it away. `changed` is called
 * after every change. What is dropped on `area`, or pasted there, is taken by it alone. Answers `{ current, clear }`:
 * the File, or null; and what takes it away.
 */
export function pictured({ button, input, shown, changed, area = document, without = "Search without the picture" }) {
  let file = null;
  let address = null;

  function set(next) {
    if (address) URL.revokeObjectURL(address);
    file = next;
    address = next && URL.createObjectURL(next);
    shown.hidden = next === null;
    shown.replaceChildren();
    if (next) {
      const away = element("button", { type: "button", "aria-label": without, textContent: "×" });
      away.addEventListener("click", () => {
        set(null);
        button.focus();
      });
      shown.append(element("img", { src: address, alt: "The chosen picture" }), away);
    }
    changed();
  }

  const firstPicture = (files) => [...(files ?? [])].find((given) => given.type.startsWith("image/"));
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files.length) set(input.files[0]);
    input.value = ""; // The same file may be chosen again.
  });
  area.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.items].some((item) => item.kind === "file")) event.preventDefault();
  });
  area.addEventListener("drop", (event) => {
    const dropped = firstPicture(event.dataTransfer.files);
    if (!dropped) return;
    event.preventDefault();
    event.stopPropagation();
    set(dropped);
  });
  area.addEventListener("paste", (event) => {
    const pasted = firstPicture(event.clipboardData?.files);
    if (!pasted) return;
    event.stopPropagation();
    set(pasted);
  });
  return { current: () => file, clear: () => set(null) };
}
