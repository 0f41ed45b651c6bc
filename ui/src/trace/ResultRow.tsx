import { Text, UnstyledButton } from "@mantine/core";
import { IconArrowDownLeft, IconArrowsLeftRight, IconArrowUpRight, IconChevronDown, IconChevronRight, IconHelpCircle, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Journey } from "../api";
import { useSettings } from "../kit/settings";
import { formatNumber, Time } from "../kit/time";
import { visible } from "../kit/visible";
import { StatusBadge } from "../logs/StatusBadge";
import { useWords } from "../logs/words";
import { Bit } from "./Bit";
import { directionOf, type Direction } from "./direction";
import { recipientsOf } from "./filters";

interface RowProps {
  index: number;
  /** The one row that Tab stops at. */
  tabbable: boolean;
  onFocus: () => void;
}

/** ResultRow is one recipient's copy, and the way to its page. */
export function ResultRow({ journey: j, href, nested, index, tabbable, onFocus }: RowProps & { journey: Journey; href: string; nested: boolean }) {
  const { t } = useTranslation("trace");
  const words = useWords();
  return (
    <Link href={href} className={nested ? "trace-row trace-row-nested" : "trace-row"} data-row={index} tabIndex={tabbable ? 0 : -1} onFocus={onFocus} data-testid="row">
      <span className="trace-row-when">
        <Time at={j.first_time} />
        <DirectionSign direction={directionOf(j)} />
      </span>
      <span className="trace-row-status">
        <StatusBadge status={j.status} />
        {j.confidence === "exact" ? null : <span className="trace-unsure">{t(`confidence.${j.confidence}`)}</span>}
      </span>
      <span className="trace-row-who">
        <People journey={j} />
        {j.subject ? (
          <Text component="span" size="sm" c="dimmed" className="trace-row-subject">
            <Bit text={j.subject} most={140} />
          </Text>
        ) : null}
      </span>
      <span className="trace-row-verdict">{visible(words(j.verdict), 600)}</span>
    </Link>
  );
}

/** MessageRow stands for all copies of a message that were found. */
export function MessageRow({ copies, open, toggle, index, tabbable, onFocus }: RowProps & { copies: Journey[]; open: boolean; toggle: () => void }) {
  const { t } = useTranslation(["trace", "logs"]);
  const { language } = useSettings();
  const first = copies[0];
  if (!first) return null;
  const counts = [...recipientsOf(copies)];
  const subject = copies.find((j) => j.subject)?.subject;
  return (
    <UnstyledButton className="trace-row trace-row-message" aria-expanded={open} onClick={toggle} data-row={index} tabIndex={tabbable ? 0 : -1} onFocus={onFocus} data-testid="message-row">
      <span className="trace-row-when">
        {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
        <Time at={first.first_time} />
      </span>
      <span className="trace-row-counts">
        {counts.map(([status, n]) => (
          <span key={status} className="trace-count">
            {formatNumber(n, language)} × <StatusBadge status={status} size="sm" />
          </span>
        ))}
      </span>
      <span className="trace-row-who">
        <span>
          <Sender sender={first.sender} /> → {t("recipients", { count: copies.length })}
        </span>
        {subject ? (
          <Text component="span" size="sm" c="dimmed" className="trace-row-subject">
            <Bit text={subject} most={140} />
          </Text>
        ) : null}
      </span>
      <span className="trace-row-verdict">
        <Bit text={copies.slice(0, 4).map((j) => j.recipient ?? j.original_recipient ?? "?").join(", ")} most={300} />
        {copies.length > 4 ? ` … +${copies.length - 4}` : ""}
      </span>
    </UnstyledButton>
  );
}

/** People is sender → recipient, as far as the log names them. */
export function People({ journey: j }: { journey: Journey }) {
  const { t } = useTranslation("trace");
  return (
    <span className="trace-people">
      <Sender sender={j.sender} /> →{" "}
      {j.recipient ? <Bit text={j.recipient} className="trace-address" /> : <i>{t("nobody.recipient")}</i>}
      {j.original_recipient ? (
        <Text component="span" size="xs" c="dimmed">
          {" "}
          ({t("writtenTo")} <Bit text={j.original_recipient} />)
        </Text>
      ) : null}
    </span>
  );
}

function Sender({ sender }: { sender: string | undefined }) {
  const { t } = useTranslation("trace");
  if (sender === "<>") return <i>{t("nobody.notice")}</i>;
  return sender ? <Bit text={sender} className="trace-address" /> : <i>{t("nobody.sender")}</i>;
}

const signs: Record<Direction, Icon> = { inbound: IconArrowDownLeft, outbound: IconArrowUpRight, local: IconArrowsLeftRight, unknown: IconHelpCircle };

export function DirectionSign({ direction }: { direction: Direction }) {
  const { t } = useTranslation("trace");
  const Sign = signs[direction];
  return (
    <span className="trace-direction" title={t(`direction.${direction}`)}>
      <Sign size={16} aria-hidden />
      <span className="trace-hidden">{t(`direction.${direction}`)}</span>
    </span>
  );
}
