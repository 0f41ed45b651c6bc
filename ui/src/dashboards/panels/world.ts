// The map of the world: fetched with this file when the first map is shown.
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlas from "world-atlas/countries-110m.json";

import { cutRing, type Point } from "../model/meridian";

/** Nobody sends mail from there, and it takes a third of the room. */
const antarctica = "010";

interface Country {
  type: "Feature";
  properties: { name: string };
  geometry: { type: "MultiPolygon"; coordinates: Point[][][] };
}

/** The countries as GeoJSON, each under its ISO number (a few, which have none, under their name). */
export function world(): { type: "FeatureCollection"; features: Country[] } {
  const topology = atlas as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;
  const features: Country[] = [];
  for (const { id, properties, geometry } of feature(topology, topology.objects.countries).features) {
    if (id === antarctica || (geometry.type !== "Polygon" && geometry.type !== "MultiPolygon")) continue;
    const polygons = (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates) as Point[][][];
    features.push({ type: "Feature", properties: { name: id === undefined ? properties.name : String(id) }, geometry: { type: "MultiPolygon", coordinates: polygons.flatMap(cutPolygon) } });
  }
  return { type: "FeatureCollection", features };
}

/** A polygon that crosses the 180th meridian becomes several; none of those has holes on this map. */
function cutPolygon(polygon: Point[][]): Point[][][] {
  const [outer, ...holes] = polygon;
  const parts = outer ? cutRing(outer) : [];
  return parts.length === 1 ? [[...parts, ...holes]] : parts.map((p) => [p]);
}
