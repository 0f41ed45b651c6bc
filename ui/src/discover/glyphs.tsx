import type { ReactElement } from "react";

/** draw makes an icon of one path, with no component in between. */
const draw = (path: string): ReactElement => (
  <svg className="d-glyph" viewBox="0 0 24 24" aria-hidden>
    <path d={path} />
  </svg>
);

/**
 * The icons of long lists, where each stands many times: the same drawings as
 * those of @tabler/icons-react (MIT), made once.
 */
export const glyphs = {
  filterFor: draw("M12 20l-3 1v-8.5l-4.48 -4.928a2 2 0 0 1 -.52 -1.345v-2.227h16v2.172a2 2 0 0 1 -.586 1.414l-4.414 4.414v3 M16 19h6 M19 16v6"),
  filterOut: draw("M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0 M9 12l6 0"),
  exists: draw("M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0 M9 12l2 2l4 -4"),
  addColumn: draw("M6 4h4a1 1 0 0 1 1 1v14a1 1 0 0 1 -1 1h-4a1 1 0 0 1 -1 -1v-14a1 1 0 0 1 1 -1 M15 12l4 0 M17 10l0 4"),
  removeColumn: draw("M6 4h4a1 1 0 0 1 1 1v14a1 1 0 0 1 -1 1h-4a1 1 0 0 1 -1 -1v-14a1 1 0 0 1 1 -1 M16 10l4 4 M16 14l4 -4"),
  copy: draw("M7 9.667a2.667 2.667 0 0 1 2.667 -2.667h8.666a2.667 2.667 0 0 1 2.667 2.667v8.666a2.667 2.667 0 0 1 -2.667 2.667h-8.666a2.667 2.667 0 0 1 -2.667 -2.667l0 -8.666 M4.012 16.737a2.005 2.005 0 0 1 -1.012 -1.737v-10c0 -1.1 .9 -2 2 -2h10c.75 0 1.158 .385 1.5 1"),
  done: draw("M5 12l5 5l10 -10"),
  closed: draw("M9 6l6 6l-6 6"),
  open: draw("M6 9l6 6l6 -6"),
  keyword: draw("M6.5 7.5a1 1 0 1 0 2 0a1 1 0 1 0 -2 0 M3 6v5.172a2 2 0 0 0 .586 1.414l7.71 7.71a2.41 2.41 0 0 0 3.408 0l5.592 -5.592a2.41 2.41 0 0 0 0 -3.408l-7.71 -7.71a2 2 0 0 0 -1.414 -.586h-5.172a3 3 0 0 0 -3 3"),
  text: draw("M3 16v-6a2 2 0 1 1 4 0v6 M3 13h4 M10 8v6a2 2 0 1 0 4 0v-1a2 2 0 1 0 -4 0v1 M20.732 12a2 2 0 0 0 -3.732 1v1a2 2 0 0 0 3.726 1.01"),
  number: draw("M5 9l14 0 M5 15l14 0 M11 4l-4 16 M17 4l-4 16"),
  boolean: draw("M6 12a2 2 0 1 0 4 0a2 2 0 1 0 -4 0 M2 12a6 6 0 0 1 6 -6h8a6 6 0 0 1 6 6a6 6 0 0 1 -6 6h-8a6 6 0 0 1 -6 -6"),
  time: draw("M11.795 21h-6.795a2 2 0 0 1 -2 -2v-12a2 2 0 0 1 2 -2h12a2 2 0 0 1 2 2v4 M14 18a4 4 0 1 0 8 0a4 4 0 1 0 -8 0 M15 3v4 M7 3v4 M3 11h16 M18 16.496v1.504l1 1"),
  ip: draw("M6 9a6 6 0 1 0 12 0a6 6 0 0 0 -12 0 M12 3c1.333 .333 2 2.333 2 6s-.667 5.667 -2 6 M12 3c-1.333 .333 -2 2.333 -2 6s.667 5.667 2 6 M6 9h12 M3 20h7 M14 20h7 M10 20a2 2 0 1 0 4 0a2 2 0 0 0 -4 0 M12 15v3"),
} as const;
