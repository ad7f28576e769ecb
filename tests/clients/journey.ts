// From a need to an approval, with nothing but the client that was generated from the API file.

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.ts";
import served from "./served.json" with { type: "json" };

type Schemas = components["schemas"];
type Decision = Schemas["Decision"];
type Problem = Schemas["Problem"];

// Lists come as tables, too, for whoever asks: this client never does.
type Forms = "application/json" | "application/problem+json";
type Council = Client<paths, Forms>;

const as = (token: string): Council =>
  createClient<paths, Forms>({ baseUrl: served.address, headers: { Authorization: `Bearer ${token}` } });
const [rita, priya, hana] = [as(served.tokens.rita), as(served.tokens.priya), as(served.tokens.hana)];
let position = served.position;

function given<T>(answer: { data?: T; error?: Problem; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.status}: ${answer.error?.title}`);
  return answer.data;
}

function is(actual: unknown, expected: unknown): void {
  const [said, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (said !== wanted) throw new Error(`${said} is not ${wanted}`);
}

async function see(who: Council, rfp_id: string): Promise<Schemas["RfpSeen"]> {
  const params = { path: { rfp_id }, query: { after: position } };
  return given(await who.GET("/v1/rfps/{rfp_id}", { params }));
}

async function decide(who: Council, rfp_id: string, body: Decision): Promise<void> {
  const seen = await see(who, rfp_id);
  const next = seen.next?.find((each) => each.decision === body.decision);
  is(next?.allowed, true);
  const params = { path: { rfp_id }, header: { "If-Match": `"${seen.version}"` } };
  position = given(await who.POST("/v1/rfps/{rfp_id}/decisions", { params, body })).position;
}

// A need; asked twice under one key, it is raised once.
const need = { title: "Laptops", description: "Forty of them.", service_area: "Registrars" };
const header = { "Idempotency-Key": "need-1" };
const raised = given(await rita.POST("/v1/rfps", { params: { header }, body: need }));
is(given(await rita.POST("/v1/rfps", { params: { header }, body: need })).id, raised.id);
position = raised.position;
const fresh = await see(rita, raised.id);
is([fresh.stage, fresh.version, fresh.supplier, fresh.lead], ["draft", 1, null, null]);

// What is missing or stale is refused as the file says.
const path = { rfp_id: raised.id };
const amend: Decision = {
  decision: "amend",
  cost_centre: "CC-1",
  needed_by: "2027-01-01",
  estimate_pence: 2_000_000,
  estimate_with_vat_pence: 2_400_000,
};
// @ts-expect-error a decision without its version is refused here already
const unnamed = await rita.POST("/v1/rfps/{rfp_id}/decisions", { params: { path }, body: amend });
is([unnamed.response.status, unnamed.error?.type], [428, "/problems/version-needed"]);
const stale = { path, header: { "If-Match": '"9"' } };
const late = await rita.POST("/v1/rfps/{rfp_id}/decisions", { params: stale, body: amend });
is([late.response.status, late.error?.type], [412, "/problems/out-of-date"]);
await decide(rita, raised.id, amend);
const early = (await see(rita, raised.id)).next?.find((each) => each.decision === "submit");
is([early?.allowed, typeof early?.why_not?.title], [false, "string"]);

const checked = given(await rita.POST("/v1/catalogue-checks", { body: { query: "laptop" } }));
await decide(rita, raised.id, { decision: "check-catalogue", check_id: checked.id });
await decide(rita, raised.id, { decision: "confirm-no-match" });
await decide(rita, raised.id, { decision: "submit" });
await decide(priya, raised.id, { decision: "accept" });
await decide(priya, raised.id, {
  decision: "select-route",
  regime: "below_threshold",
  route: "open_tender",
  lead: "priya",
});
const asked = { budget_code: "IT-1", options_considered: "None", conflicts: "None" };
await decide(rita, raised.id, { decision: "request-approval", ...asked });

// The approver's page: what waits, why, since when; decided, it waits no longer.
const query = { after: position, kind: ["approval"] };
const waiting = given(await hana.GET("/v1/inbox", { params: { query } })).items;
is(waiting.map((item) => [item.id, item.kind, item.unread]), [[raised.id, "approval", true]]);
await decide(hana, raised.id, { decision: "approve", reason: "In budget." });
is(given(await hana.GET("/v1/inbox", { params: { query: { after: position } } })).items, []);

// Whoever follows the record hears of it, ids and kinds only, and goes on from where they were.
let after = served.position;
const heard = new Set<number>();
while (after < position) {
  const told = given(await rita.GET("/v1/changes", { params: { query: { after, wait: 10, limit: 3 } } }));
  for (const item of told.items.filter((each) => each.kind === "rfp")) {
    is([item.id, heard.has(item.position)], [raised.id, false]);
    heard.add(item.position);
  }
  after = told.next;
}
is(heard.size, (await see(rita, raised.id)).version);

// @ts-expect-error there is no such decision
export const sing: Decision = { decision: "sing" };
// @ts-expect-error an RFP has no such field
export const wrong = (seen: Schemas["RfpSeen"]): unknown => seen.titel;

console.log((await see(rita, raised.id)).stage);
