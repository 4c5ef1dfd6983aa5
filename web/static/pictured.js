// The picture that is searched by: chosen, dropped on the page or pasted; shown beside the search until it is taken away.

import { element } from "./dom.js";

/**
 * `button` opens `input` (type file); `shown` holds the small picture with its button to take it away. `changed` is called
 * after every change. Answers `{ current }`: the File, or null.
 */
export function pictured({ button, input, shown, changed }) {
  let file = null;
  let address = null;

  function set(next) {
    if (address) URL.revokeObjectURL(address);
    file = next;
    address = next && URL.createObjectURL(next);
    shown.hidden = next === null;
    shown.replaceChildren();
    if (next) {
      const away = element("button", { type: "button", "aria-label": "Search without the picture", textContent: "×" });
      away.addEventListener("click", () => {
        set(null);
        button.focus();
      });
      shown.append(element("img", { src: address, alt: "The picture that is searched by" }), away);
    }
    changed();
  }

  const firstPicture = (files) => [...(files ?? [])].find((given) => given.type.startsWith("image/"));
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files.length) set(input.files[0]);
    input.value = ""; // The same file may be chosen again.
  });
  document.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.items].some((item) => item.kind === "file")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const dropped = firstPicture(event.dataTransfer.files);
    if (!dropped) return;
    event.preventDefault();
    set(dropped);
  });
  document.addEventListener("paste", (event) => {
    const pasted = firstPicture(event.clipboardData?.files);
    if (pasted) set(pasted);
  });
  return { current: () => file };
}
