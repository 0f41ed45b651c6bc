import { expect, it } from "vitest";
import world from "world-atlas/countries-110m.json";

import { countryCodes, countryName, countryNumber } from "./countries";

it("knows the number of every country on the map", () => {
  const known = new Set(countryCodes().map((c) => countryNumber(c)));
  const drawn = world.objects.countries.geometries.flatMap((g) => ("id" in g && g.id ? [String(g.id)] : []));
  expect(drawn.length).toBeGreaterThan(170);
  expect(drawn.filter((id) => !known.has(id))).toEqual([]);
});

it("names countries in the viewer's language", () => {
  expect(countryName("DE", "es")).toBe("Alemania");
  expect(countryName("de", "en")).toBe("Germany");
  expect(countryName("<img>", "en")).toBe("<img>");
  expect(countryNumber("??")).toBeUndefined();
});
