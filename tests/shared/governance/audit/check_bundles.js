// Check bundles with the page's own script: paths and trusted keys come in as JSON, verdicts go out.
const { readFileSync } = require("node:fs");

async function main() {
  for (const { bundle, keys, last } of JSON.parse(readFileSync(0, "utf8"))) {
    const { verdict, wrong } = await verifyBundle(
      new Uint8Array(readFileSync(bundle)), keys, last ? new Uint8Array(readFileSync(last)) : null);
    console.log(JSON.stringify({ verdict, wrong }));
  }
}

main();
