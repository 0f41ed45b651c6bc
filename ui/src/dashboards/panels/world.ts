// The map of the world: fetched with this file when the first map is shown.
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlas from "world-atlas/countries-110m.json";

/** Nobody sends mail from there, and it takes a third of the room. */
const antarctica = "010";

/** The countries as GeoJSON, each under its ISO number (a few, which have none, under their name). */
export function world(): unknown {
  const topology = atlas as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;
  const countries = feature(topology, topology.objects.countries);
  return {
    type: "FeatureCollection",
    features: countries.features.filter((f) => f.id !== antarctica).map((f) => ({ ...f, properties: { name: f.id === undefined ? f.properties.name : String(f.id) } })),
  };
}
