// What the pages do better with a script. All of them work without it.

// A form is sent once, although the token may type Enter and the person clicks as well.
for (const form of document.querySelectorAll("form.once")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form.once")) delete form.dataset.sent;
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The test page: each typed digit goes into the next box, and nothing is sent.
const test = document.getElementById("test");
if (test) {
  const boxes = [...test.querySelectorAll(".boxes input")];
  const result = document.getElementById("result");
  const describe = () => {
    const typed = boxes.map((box) => box.value).join("");
    const code = typed.normalize("NFKC").replace(/\s/g, "");
    if (!code) return;
    let text = /^\d+$/.test(code) ? test.dataset.digits : test.dataset.letters;
    if (/^\d+$/.test(code) && code !== typed) text = test.dataset.wide;
    result.textContent = text.replace("{n}", code.length);
  };
  boxes.forEach((box, at) => {
    box.addEventListener("input", () => {
      const text = [...box.value];
      for (let next = at; next < boxes.length && text.length; next++) boxes[next].value = text.shift();
      const empty = boxes.find((each) => !each.value);
      (empty ?? boxes[boxes.length - 1]).focus();
      if (!empty) describe();
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" && !box.value && at) boxes[at - 1].focus();
    });
    box.addEventListener("focus", () => box.select());
  });
  test.addEventListener("submit", (event) => {
    event.preventDefault();
    describe();
  });
}

// The demo's simulated token: what it types goes into the field that has the focus, as from a keyboard.
const press = document.getElementById("demo-press");
if (press) {
  let target = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("main input:not([type=hidden])")) target = event.target;
  });
  target = document.querySelector("main input[autofocus]");
  const fields = () => [...document.querySelectorAll("main input:not([type=hidden])")];
  press.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = press.querySelector("button");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    const answer = await fetch(press.action, { method: "POST", body: new URLSearchParams(new FormData(press)), headers: { accept: "application/json" } });
    button.removeAttribute("aria-disabled");
    if (!answer.ok) return location.reload();
    const { typed } = await answer.json();
    (target ?? fields()[0])?.focus();
    for (const letter of typed) {
      const field = document.activeElement;
      if (!field?.matches("main input")) break;
      if (field.maxLength > 0 && field.value.length >= field.maxLength) continue;
      field.setRangeText(letter, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}
