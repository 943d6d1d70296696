"use strict";
// Filters the misses. Without it all of them are shown and the form stays hidden.
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const cards = Array.from(document.querySelectorAll(".miss"), (card) => ({
    card,
    text: card.textContent.toLowerCase(),
    claims: Array.from(card.querySelectorAll("li[data-pair]")),
  }));
  const chosen = (name) => (form.elements[name] ? form.elements[name].value : "");
  const fits = (node, name) => !chosen(name) || node.dataset[name] === chosen(name);
  const show = () => {
    const words = chosen("text").toLowerCase().split(/\s+/).filter(Boolean);
    let misses = 0;
    let all = 0;
    for (const { card, text, claims } of cards) {
      for (const claim of claims) claim.hidden = !fits(claim, "pair");
      const left = claims.length ? claims.filter((claim) => !claim.hidden).length : Number(fits(card, "pair"));
      const here = ["run", "topic", "kind"].every((name) => fits(card, name)) && words.every((w) => text.includes(w));
      card.hidden = !here || !left;
      all += claims.length || 1;
      misses += card.hidden ? 0 : left;
    }
    form.elements.said.value = `${misses} of ${all} shown`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
})();
