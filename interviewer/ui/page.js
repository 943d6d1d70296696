// What only the browser can do: keys, the pause that keeps a draft, the focus after a step, one question before the end.
(() => {
  const PAUSE_MS = 600;
  const UNSENT = "interview-unsent";
  let timer = 0;
  let shown = "";

  const box = () => document.querySelector("#answer textarea");
  const press = (id) => document.getElementById(id)?.click();

  const keepDraft = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    if (box()) press("save-draft");
  };

  document.addEventListener("input", (event) => {
    if (event.target !== box()) return;
    try {
      sessionStorage.setItem(UNSENT, JSON.stringify({ at: shown, text: box().value }));
    } catch {
      sessionStorage.removeItem(UNSENT); // longer than the browser keeps: the server's copy has to do
    }
    clearTimeout(timer);
    timer = setTimeout(keepDraft, PAUSE_MS);
  }, true);
  document.addEventListener("visibilitychange", () => document.hidden && keepDraft());
  document.addEventListener("focusout", (event) => event.target === box() && keepDraft());

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target !== box()) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(timer);
    timer = 0;
    press("submit");
  }, true);

  document.addEventListener("click", (event) => {
    const ends = event.target.closest?.(".ends");
    if (ends && !window.confirm("End the interview now? Questions not answered stay without a score.")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);

  // When the server is away nothing reaches it, and Gradio reloads the page once it is back: this tab's own last words
  // are put in again. They are dropped as soon as the question is handed in.
  const putBack = (name) => {
    const unsent = JSON.parse(sessionStorage.getItem(UNSENT) ?? "{}");
    if (unsent.at !== name || !box() || box().value === unsent.text) return;
    box().value = unsent.text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };

  // A disabled or removed button drops the focus to the body: after each step it goes where reading or typing goes on.
  const look = () => {
    const mark = [...document.querySelectorAll("[data-screen]")].find((m) => m.parentElement.offsetParent !== null);
    const name = mark?.dataset.screen ?? "";
    if (!name || name === shown) return;
    const first = shown === "";
    shown = name;
    if (!name.startsWith("answering")) sessionStorage.removeItem(UNSENT);
    requestAnimationFrame(() => {
      if (name.startsWith("answering")) {
        putBack(name);
        box()?.focus();
      } else if (name.startsWith("reviewing")) focusOn("#review h2[tabindex]");
      else if (!first) focusOn(name === "summary" ? "#summary h1" : "#start h1");
      if (!first && !name.startsWith("reviewing")) window.scrollTo(0, 0);
    });
  };
  const focusOn = (selector) => document.querySelector(selector)?.focus();
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributes: true });
})();
