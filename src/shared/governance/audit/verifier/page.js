// What the reader sees and does; the checking is above.
"use strict";

const at = (id) => document.getElementById(id);
let bundle = null, last = null, found = null;

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function within(parent, ...children) {
  parent.append(...children);
  return parent;
}

function words(name) {
  const spaced = name.replace(/[._]/g, " ").replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().replace(/\brfp\b/g, "RFP");
  return spaced[0].toUpperCase() + spaced.slice(1);
}

function shown(name, value) {
  if (value === null || value === "" || (Array.isArray(value) && !value.length)) return "nothing";
  if (name.endsWith("_pence") && typeof value === "number") {
    return new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" }).format(value / 100);
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map((each) => shown(name, each)).join("; ");
  if (typeof value === "object") {
    if ("about" in value && "key" in value) return "a personal text, which only some may read";
    return Object.entries(value).map(([key, inner]) => `${words(key)}: ${shown(key, inner)}`).join("; ");
  }
  return String(value);
}

function keyChoice(key, number) {
  const box = element("fieldset");
  const what = key.type === LOG ? "The council's key" : "A witness's key";
  within(box, element("legend", `${what}: ${key.name}`), element("p", key.fingerprint, { class: "fingerprint" }));
  const label = element("label", "", { class: "choice" });
  const input = element("input", "", { type: "checkbox", id: `key-${number}`, value: key.text });
  within(label, input, document.createTextNode("The paper says the same"));
  return within(box, label);
}

async function chosen() {
  at("result").replaceChildren();
  at("story").replaceChildren();
  at("compare").hidden = true;
  at("keys").replaceChildren();
  if (!bundle) return;
  found = await verifyBundle(bundle, null, last);
  at("compare").hidden = !found.keys.length;
  at("keys").replaceChildren(...found.keys.map(keyChoice));
  if (!found.keys.length) tell(found);
  else at("key-0").focus();
}

async function compared(event) {
  event.preventDefault();
  const ticked = [...at("keys").querySelectorAll("input:checked")].map((input) => input.value);
  if (found.keys.some((key) => !ticked.includes(key.text))) {
    tell(await verifyBundle(bundle, null, last), found.keys.filter((key) => !ticked.includes(key.text)));
    return;
  }
  tell(await verifyBundle(bundle, `${ticked.join("\n")}\n`, last));
}

const NOT_LOOKED_AT = " Read what they say here: story.html and READ-ME-FIRST.txt in the bundle were not checked,"
  + " and may say something else.";
const SAID = {
  "ENTRIES SOUND": ["sound", "Its entries are sound",
    "Each entry below is in the council's record, word for word, and nothing in between is left out."
    + NOT_LOOKED_AT],
  "CONSISTENT WITH ITSELF": ["", "Not yet known whose it is",
    "The bundle agrees with itself. But whoever made all of it could have made its keys, too: until every key is the"
    + " one on the paper, it proves nothing."],
  "NOT SOUND": ["bad", "Not sound", "Do not rely on it. Hand the bundle to internal audit, as it is."],
};

const IN_PART = ["", "Sound as far as it goes",
  "Each entry below is in the council's record, word for word. But nothing shows that no entry of it was left out: "];

function tell(report, unlike = []) {
  const [kind, heading, said] = SAID[report.verdict] || IN_PART;
  const whole = report.completeBy ? ` It is complete by the index of the record at entry ${report.completeBy}.` : "";
  const by = report.restored ? `${whole} It goes on from your earlier bundle ${report.restored}.` : whole;
  const meaning = SAID[report.verdict] ? said + (report.verdict === "NOT SOUND" ? "" : by)
    : `${said}${report.incomplete}.${NOT_LOOKED_AT}`;
  const box = element("div", "", { class: `verdict ${kind}` });
  within(box, element("h2", heading), element("p", meaning));
  const reasons = [...report.wrong, ...unlike.map((key) => `the key of ${key.name} is not the one on the paper`)];
  if (reasons.length) within(box, within(element("ul"), ...reasons.map((line) => element("li", line))));
  const details = within(element("details"), element("summary", "Everything that was checked"));
  within(details, within(element("ul"), ...report.lines.map(([how, line]) => element("li", `${how}: ${line}`))));
  at("result").replaceChildren(element("h2", "3. What was found"), box, details);
  at("result").focus();
  at("story").replaceChildren(...(report.verdict === "NOT SOUND" ? [] : story(report)));
}

function story(report) {
  const around = new Set([...report.manifest.before, ...report.manifest.after, ...report.manifest.indexes]);
  const inside = report.entries.filter((entry) => !around.has(entry.position));
  const sections = [...casesOf(inside).values()].map(caseOf);
  const hidden = report.manifest.withheld.filter((one) => !around.has(one.position));
  if (hidden.length) {
    const section = within(element("section", "", { class: "case" }), element("h2", "Withheld"));
    sections.push(within(section, ...hidden.map((one) => within(element("article"),
      element("h3", `Entry ${one.position} of the record`),
      element("p", `What was said here is withheld: ${one.why}. That it is in the record is proved; why it is`
        + " withheld is the service's own word.")))));
  }
  return [element("h2", "What the entries say"), ...sections];
}

function caseOf(entries) {
  const data = entries[0].said.data || {};
  const kind = words((KINDS[entries[0].topic] || "case").replace(/-/g, " "));
  const called = entries.map((e) => (e.said.data || {}).title || (e.said.data || {}).name).find(Boolean);
  const section = element("section", "", { class: "case" });
  within(section, element("h2", called ? `${kind}: ${shown("title", called)}` : data.reference || kind),
    element("p", `${entries[0].stream}, versions ${entries[0].version} to ${entries.at(-1).version}`, { class: "quiet" }));
  return within(section, ...entries.map(articleOf));
}

function articleOf(entry) {
  const { by, acting_for: instead, authority, data } = entry.said;
  const whom = `${by}${authority ? `, as ${words(authority).toLowerCase()}` : ""}${instead ? `, in place of ${instead}` : ""}`;
  const table = element("table");
  for (const [name, value] of Object.entries(data || {})) {
    within(table, within(element("tr"), element("th", words(name.replace(/_pence$/, "")), { scope: "row" }),
      element("td", shown(name, value))));
  }
  return within(element("article"), element("h3", words(entry.topic)), element("p", whom), table,
    element("p", `Entry ${entry.position} of the record, written on ${london(entry.at / 1000)}.`, { class: "quiet" }));
}

async function bytesOf(file) {
  return new Uint8Array(await file.arrayBuffer());
}

at("bundle").addEventListener("change", async (event) => {
  bundle = event.target.files.length ? await bytesOf(event.target.files[0]) : null;
  await chosen();
});
at("last").addEventListener("change", async (event) => {
  last = event.target.files.length ? await bytesOf(event.target.files[0]) : null;
  await chosen();
});
at("compare").addEventListener("submit", compared);
for (const name of ["dragover", "dragleave", "drop"]) {
  at("drop").addEventListener(name, (event) => {
    event.preventDefault();
    at("drop").classList.toggle("over", name === "dragover");
  });
}
at("drop").addEventListener("drop", async (event) => {
  if (!event.dataTransfer.files.length) return;
  bundle = await bytesOf(event.dataTransfer.files[0]);
  await chosen();
});
