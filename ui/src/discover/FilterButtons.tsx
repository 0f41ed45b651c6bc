import { useTranslation } from "react-i18next";

import { visible } from "../kit/visible";
import type { Pill } from "../logs/lucene";
import { Act } from "./Act";
import { glyphs } from "./glyphs";

/** FilterButtons are "only this" and "not this" of a value. */
export function FilterButtons({ field, value, filter, tabbable = true }: { field: string; value: string; filter: (pill: Pill) => void; tabbable?: boolean }) {
  const { t } = useTranslation("discover");
  const shown = visible(value, 60);
  const index = tabbable ? 0 : -1;
  return (
    <>
      <Act label={t("filter.for", { field, value: shown })} title={t("filter.forShort")} tabIndex={index} onClick={() => filter({ field, value })}>
        {glyphs.filterFor}
      </Act>
      <Act label={t("filter.out", { field, value: shown })} title={t("filter.outShort")} tabIndex={index} onClick={() => filter({ field, value, not: true })}>
        {glyphs.filterOut}
      </Act>
    </>
  );
}
