import { ActionIcon, Title, Tooltip } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Journey } from "../api";
import { CopyButton } from "../kit/CopyButton";
import { useSettings } from "../kit/settings";
import { formatBytes, formatNumber, Time } from "../kit/time";
import { visible } from "../kit/visible";
import { traceLink } from "../logs/lucene";
import { useWords } from "../logs/words";
import { Bit } from "./Bit";

/** Facts are the values of a journey, to be copied and to be looked for. */
export function Facts({ journey: j }: { journey: Journey }) {
  const { t } = useTranslation("trace");
  const { language } = useSettings();
  const words = useWords();
  const by = j.by ? t(`by.${j.by}`, { defaultValue: j.by }) : undefined;
  return (
    <section aria-labelledby="trace-facts">
      <Title order={2} size="h4" id="trace-facts" mb={6}>
        {t("fact.title")}
      </Title>
      <dl className="trace-facts" data-testid="facts">
        <Fact name="sender" values={[j.sender]} search />
        <Fact name="username" values={[j.username]} search />
        <Fact name="recipient" values={[j.recipient]} search />
        <Fact name="original_recipient" values={[j.original_recipient]} search />
        <Fact name="subject" values={[j.subject]} />
        <Fact name="message_id" values={[j.message_id]} search />
        <Fact name="queue_ids" values={j.queue_ids ?? []} search />
        <Fact name="remote_id" values={[j.remote_id]} search />
        <Fact name="session_ids" values={j.session_ids ?? []} search />
        <Fact name="client_ip" values={[j.client_ip]} search />
        <Fact name="client_host" values={[j.client_host]} />
        <Fact name="helo" values={[j.helo]} />
        <Fact name="hosts" values={j.hosts ?? []} />
        <Fact name="program" values={[j.program]} />
        <Fact name="relay_host" values={[j.relay_host]} />
        <Fact name="relay_ip" values={[j.relay_ip]} search />
        <Fact name="reply" values={[j.reply && j.smtp_code && !j.reply.startsWith(String(j.smtp_code)) ? `${j.smtp_code} ${j.reply}` : (j.reply ?? (j.smtp_code ? String(j.smtp_code) : undefined))]} />
        <Fact name="dsn" values={[j.dsn]} />
        <Plain name="because">{j.because ? visible(words(j.because), 500) : undefined}</Plain>
        <Plain name="by">{by}</Plain>
        <Fact name="stage" values={[j.stage]} />
        <Fact name="folder" values={[j.folder]} />
        <Plain name="attempts">{j.attempts === undefined ? undefined : formatNumber(j.attempts, language)}</Plain>
        <Plain name="next_retry">{j.next_retry ? <Time at={j.next_retry} /> : undefined}</Plain>
        <Plain name="size">{j.size === undefined ? undefined : formatBytes(j.size, language)}</Plain>
        <Plain name="spam">{j.spam_score !== undefined || j.spam_verdict ? [j.spam_verdict ? visible(j.spam_verdict, 80) : "", j.spam_score !== undefined ? formatNumber(j.spam_score, language, 2) : ""].join(" ") : undefined}</Plain>
        <Plain name="first_time">
          <Time at={j.first_time} style="precise" />
        </Plain>
        <Plain name="last_time">
          <Time at={j.last_time} style="precise" />
        </Plain>
      </dl>
    </section>
  );
}

function Plain({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation("trace");
  if (children === undefined) return null;
  return (
    <div>
      <dt>{t(`fact.${name}`)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Fact({ name, values, search }: { name: string; values: (string | undefined)[]; search?: boolean }) {
  const { t } = useTranslation("trace");
  const known = values.filter((v): v is string => v !== undefined && v !== "" && v !== "<>");
  if (known.length === 0) return null;
  return (
    <div>
      <dt>{t(`fact.${name}`)}</dt>
      {known.map((value) => (
        <dd key={value}>
          <Bit text={value} most={300} className="trace-fact-value" />
          <span className="trace-fact-tools no-print">
            <CopyButton text={() => value} name={t("fact.copy", { name: t(`fact.${name}`) })} />
            {search ? (
              <Tooltip label={t("fact.search")}>
                <ActionIcon component={Link} href={traceLink(value, { since: "now-30d" })} size="sm" variant="subtle" color="gray" aria-label={`${t("fact.search")}: ${value.slice(0, 80)}`}>
                  <IconSearch size={15} aria-hidden />
                </ActionIcon>
              </Tooltip>
            ) : null}
          </span>
        </dd>
      ))}
    </div>
  );
}
