import { Anchor, Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconClockHour4, IconFileText, IconLock } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Journey, Step } from "../api";
import { useSettings } from "../kit/settings";
import { formatSeconds, formatTime, Time } from "../kit/time";
import { visible } from "../kit/visible";
import { discoverLink, quote } from "../logs/lucene";
import { RawLine } from "../logs/RawLine";
import { useWords } from "../logs/words";
import { Bit } from "./Bit";
import { ConfidenceMark } from "./ConfidenceMark";
import { marksOf, timeline, type TimelineEntry } from "./journeySteps";

/** Timeline is what happened, step by step, with the time in between. */
export function Timeline({ journey }: { journey: Journey }) {
  const { t } = useTranslation("trace");
  const entries = timeline(journey.steps ?? [], journey.attempts);
  return (
    <section aria-labelledby="trace-timeline">
      <Title order={2} size="h4" id="trace-timeline" mb="sm">
        {t("timeline.title")}
      </Title>
      {entries.length === 0 ? <Text size="sm">{t("timeline.none")}</Text> : null}
      <ol className="trace-steps" data-testid="timeline">
        {entries.map((entry, i) => (
          <StepItem key={`${entry.step.event_id ?? ""} ${i}`} journey={journey} entry={entry} before={entries[i - 1]} />
        ))}
        {journey.next_retry && journey.status === "deferred" ? (
          <li className="trace-step trace-step-next">
            <Group gap="xs">
              <IconClockHour4 size={16} aria-hidden />
              <Text size="sm">{t("timeline.nextRetry")}</Text>
              <Time at={journey.next_retry} />
              <Text size="sm" c="dimmed" component="span">
                (<Time at={journey.next_retry} ago />)
              </Text>
            </Group>
          </li>
        ) : null}
      </ol>
    </section>
  );
}

function StepItem({ journey, entry, before }: { journey: Journey; entry: TimelineEntry; before: TimelineEntry | undefined }) {
  const { t } = useTranslation("trace");
  const { language, zone } = useSettings();
  const words = useWords();
  const [open, setOpen] = useState(false);
  const { step } = entry;
  const day = formatTime(step.time, zone, language, "day");
  return (
    <li className="trace-step" data-problem={step.problem ? "" : undefined} data-kind={step.kind} data-testid="step">
      <div className="trace-step-time">
        {before && formatTime(before.step.time, zone, language, "day") === day ? null : (
          <Text size="xs" c="dimmed" component="span" style={{ whiteSpace: "nowrap" }}>
            {day}
          </Text>
        )}
        <Time at={step.time} style="clock" />
        {entry.after !== undefined ? (
          <Text size="xs" c="dimmed" component="span" title={t("timeline.after")}>
            +{formatSeconds(entry.after, language)}
          </Text>
        ) : null}
      </div>
      <Stack gap={4} className="trace-step-body">
        <Group gap={8}>
          {step.problem ? (
            <span className="trace-problem">
              <IconAlertTriangle size={16} aria-hidden />
              <span className="trace-hidden">{t("timeline.problem")}</span>
            </span>
          ) : null}
          {entry.attempt !== undefined ? (
            <Badge variant="default" size="sm" tt="none">
              {t("timeline.attempt", { number: entry.attempt })}
            </Badge>
          ) : null}
          <Text fw={600} size="sm" component="span" className="trace-step-text">
            {visible(words(step.text), 1000)}
          </Text>
          <ConfidenceMark confidence={step.confidence} link={step.link} />
          {step.line ? (
            <Button size="compact-xs" variant="subtle" className="no-print" leftSection={<IconFileText size={14} aria-hidden />} onClick={() => setOpen(!open)} aria-expanded={open} data-testid="step-line">
              {open ? t("lines.hide") : t("lines.show")}
            </Button>
          ) : null}
        </Group>
        <StepFacts step={step} newHost={entry.newHost} />
        {step.reply ? (
          <Text size="sm" className="trace-reply" component="p">
            {step.smtp_code && !step.reply.startsWith(String(step.smtp_code)) ? `${step.smtp_code} ` : ""}
            <Bit text={step.reply} most={800} />
          </Text>
        ) : null}
        {open && step.line ? <RawLine line={step.line} marks={marksOf(journey, step)} /> : null}
        {open && step.event_id ? (
          <Anchor component={Link} size="xs" href={discoverLink({ query: `event_id:${quote(step.event_id)}` })} className="no-print">
            {t("lines.inDiscover")}
          </Anchor>
        ) : null}
      </Stack>
    </li>
  );
}

/** StepFacts are the small print of a step: where, by which program, to whom, how safely, and what took its time. */
function StepFacts({ step, newHost }: { step: Step; newHost: boolean }) {
  const { t } = useTranslation("trace");
  const { language } = useSettings();
  const took = (
    [
      ["queued", step.seconds_queued],
      ["connect", step.seconds_connect],
      ["transmit", step.seconds_transmit],
    ] as const
  ).flatMap(([name, s]) => (s !== undefined && s > 0 ? [t(`timeline.${name}`, { time: formatSeconds(s, language) })] : []));
  const total = step.seconds !== undefined && step.seconds > 0 ? t("timeline.total", { time: formatSeconds(step.seconds, language) }) : "";
  const relay = [step.relay_host, step.relay_ip && step.relay_ip !== step.relay_host ? `[${step.relay_ip}]` : undefined].filter((r) => r !== undefined).join(" ");
  return (
    <Group gap={10} className="trace-step-facts">
      {step.host ? (
        <span className={newHost ? "trace-step-host" : undefined}>
          <Bit text={step.host} />
          {step.program ? (
            <>
              {" · "}
              <Bit text={step.program} />
            </>
          ) : null}
        </span>
      ) : null}
      {relay !== "" ? (
        <span>
          → <Bit text={step.relay_port ? `${relay}:${step.relay_port}` : relay} />
        </span>
      ) : null}
      {step.tls ? (
        <span className="trace-tls">
          <IconLock size={13} aria-hidden /> <Bit text={step.tls} />
        </span>
      ) : null}
      {step.dsn ? <span>{t("timeline.dsn", { code: visible(step.dsn, 20) })}</span> : null}
      {total !== "" || took.length > 0 ? <span>{total !== "" && took.length > 0 ? `${total} (${took.join(", ")})` : total || took.join(", ")}</span> : null}
    </Group>
  );
}
