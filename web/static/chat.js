// The assistant beside the shop: one conversation of this visit, kept over reloads until it is begun anew.

import { Trouble } from "./api.js";
import { answerPlace } from "./chat_answer.js";
import { history, judge, say } from "./chat_stream.js";
import { element, reachable } from "./dom.js";
import { pictured } from "./pictured.js";

const KEY = "shopscout-chat";
const covers = matchMedia("(max-width: 560px)"); // As in chat.css: the panel is the whole screen.
const BEGINNINGS = ["A gift for my mom under $50", "Compare two hiking backpacks", "How long do I have to return something?"];

/** Makes the assistant out of its parts of the page: a button that opens it, and the panel. */
export function assistant({ button, panel }) {
  const part = (name) => panel.querySelector(`[data-chat="${name}"]`);
  const [log, offers, known, form, field, send] = ["log", "offers", "known", "form", "field", "send"].map(part);
  const beside = pictured({
    button: part("attach"),
    input: part("file"),
    shown: part("pictured"),
    changed: () => field.focus(),
    area: panel,
    without: "Ask without the picture",
  });
  let session = remembered();
  let running = null; // AbortController of the message under way.
  let restored = session === null; // Whether what was said before is shown.

  button.addEventListener("click", () => toggle(panel.hidden));
  part("close").addEventListener("click", () => toggle(false));
  part("anew").addEventListener("click", beginAnew);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggle(false);
  });
  covers.addEventListener("change", () => reachable(panel.hidden || !covers.matches, "chat"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!(text || beside.current()) || running) return;
    const picture = beside.current();
    field.value = "";
    if (picture) beside.clear();
    tell(text, { picture });
  });

  async function toggle(open) {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    reachable(!(open && covers.matches), "chat");
    if (!open) {
      button.focus();
      return;
    }
    field.focus();
    if (!log.childElementCount) offer(BEGINNINGS.map((text) => ({ label: text, say: text })));
    if (!restored) await restore();
  }

  /** After a reload: what was said before. */
  async function restore() {
    restored = true;
    const before = await history(session);
    if (before === null) return remember(null);
    for (const { role, text, answer } of before.messages) {
      if (role === "user") log.append(userTurn(text));
      else if (answer) {
        const shown = answerPlace();
        log.append(shown.place);
        finish(shown, answer);
      }
    }
    downTo(log.lastElementChild);
  }

  function beginAnew() {
    running?.abort();
    remember(null);
    log.replaceChildren();
    known.hidden = true;
    offer(BEGINNINGS.map((text) => ({ label: text, say: text })));
    field.focus();
  }

  /** Says something; said again under the same name where the answer did not come. */
  async function tell(text, { picture = null, messageId = crypto.randomUUID?.() ?? String(Math.random()), place } = {}) {
    const mine = place ?? userTurn(text, picture);
    if (!place) log.append(mine);
    const shown = answerPlace();
    mine.after(shown.place);
    offers.replaceChildren();
    shown.place.setAttribute("aria-busy", "true");
    downTo(mine);
    const ask = (running = new AbortController());
    send.disabled = true;
    const again = () => {
      shown.place.remove();
      tell(text, { picture, messageId, place: mine });
    };
    try {
      const follow = () => downTo(mine);
      const image = picture && (await base64(picture));
      await said({ message: text, session_id: session, message_id: messageId, image }, shown, again, follow, ask.signal);
    } catch (error) {
      if (ask.signal.aborted) return;
      shown.trouble(error.message, error.again && again);
      downTo(mine);
    } finally {
      shown.place.removeAttribute("aria-busy");
      if (running === ask) {
        running = null;
        send.disabled = false;
      }
    }
  }

  async function said(body, shown, again, follow, signal) {
    const hear = (part) => {
      if (part.type === "products") shown.products(part.recommendations);
      else if (part.type === "text") shown.text(part.delta);
      else if (part.type === "done") finish(shown, part.answer);
      else if (part.type === "error") {
        remember(part.session_id);
        shown.trouble(part.message, again);
      }
      follow();
    };
    try {
      await say(body, hear, signal);
    } catch (error) {
      if (!error.missing || body.session_id === null) throw error;
      remember(null); // The conversation has ended meanwhile: what was said begins another.
      await say({ ...body, session_id: null }, hear, signal);
    }
  }

  function finish(shown, answer) {
    remember(answer.session_id);
    shown.whole(answer);
    shown.place.append(verdict(answer));
    offer([...answer.clarifying_questions.map((question) => ({ question })), ...answer.actions]);
    drawKnown(answer.shopping_context);
  }

  /** What may be said next. Words that end with a space are a beginning, to be written on. */
  function offer(list) {
    offers.replaceChildren(
      ...list.map(({ label, say: words, question }) => {
        if (question) return element("li", { className: "question", textContent: question });
        const chosen = element("button", { type: "button", textContent: label });
        chosen.addEventListener("click", () => {
          if (running) return;
          if (words.endsWith(" ")) {
            field.value = words;
            field.focus();
          } else tell(words);
        });
        return element("li", {}, chosen);
      }),
    );
  }

  /** What the assistant goes by; a click says that it goes no longer. */
  function drawKnown({ recipient, wishes = [] }) {
    const sources = [...new Set(wishes.map(({ source }) => source))];
    const about = recipient && !sources.some((source) => source.includes(recipient)) ? [`for ${recipient}`] : [];
    known.hidden = sources.length + about.length === 0;
    known.replaceChildren(...[...about, ...sources].map((source) => element("li", { textContent: source })));
  }

  function verdict({ session_id: sessionId, response_id: responseId }) {
    const group = element("div", { className: "verdict", role: "group", "aria-label": "Was this helpful?" });
    const choice = (helpful, name, sign) => {
      const chosen = element("button", { type: "button", "aria-label": name, title: name, textContent: sign });
      chosen.addEventListener("click", async () => {
        const taken = await judge(sessionId, responseId, helpful);
        group.replaceChildren(element("span", { role: "status", textContent: taken ? "Thank you." : "Not noted; try later." }));
      });
      return chosen;
    };
    group.append(choice(true, "Helpful", "Yes"), choice(false, "Not helpful", "No"));
    group.prepend(element("span", { "aria-hidden": "true", textContent: "Helpful?" }));
    return group;
  }

  function downTo(turn) {
    if (turn) log.scrollTop = turn.offsetTop - log.offsetTop;
  }

  function remember(id) {
    session = id;
    try {
      if (id === null) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, id);
    } catch {
      // The browser keeps nothing: the conversation ends with the page.
    }
  }
}

function userTurn(text, picture = null) {
  const words = text && element("p", { textContent: text });
  return element("div", { className: "turn user" }, picture && thumbnail(picture), words || null);
}

function thumbnail(picture) {
  const image = element("img", { alt: "Your picture", width: 96, height: 96, src: URL.createObjectURL(picture) });
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  return image;
}

const base64 = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => failed(new Trouble("The picture cannot be read. Choose another.", false)));
    reader.readAsDataURL(file);
  });

function remembered() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}
