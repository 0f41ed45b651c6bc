import { Alert, Anchor, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { useTrace, type Journey, type Related, type Words } from "../api";
import { useSettings } from "../kit/settings";
import { formatNumber } from "../kit/time";
import { visible } from "../kit/visible";
import { StatusBadge } from "../logs/StatusBadge";
import { traceLink } from "../logs/lucene";
import { useWords } from "../logs/words";
import { Bit } from "./Bit";
import { ConfidenceMark } from "./ConfidenceMark";
import { recipientsOf } from "./filters";
import { around, finder, journeyLink, type Side } from "./journeyLink";

/** Notes are contradictions in the logs and other things worth knowing. */
export function Notes({ notes }: { notes: Words[] }) {
  const words = useWords();
  const { t } = useTranslation("trace");
  if (notes.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" icon={<IconInfoCircle aria-hidden />} title={t("notes")} data-testid="notes">
      <Stack gap={4}>
        {notes.map((n, i) => (
          <Text key={i} size="sm">
            {visible(words(n), 1000)}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

/** Recipients are all copies of the message, the one that is shown among them. */
export function Recipients({ journey, copies, side }: { journey: Journey; copies: Journey[]; side: Side }) {
  const { t } = useTranslation("trace");
  const { language } = useSettings();
  const counts = [...recipientsOf([journey, ...copies])];
  const total = counts.reduce((sum, [, n]) => sum + n, 0);
  return (
    <section aria-labelledby="trace-recipients">
      <Title order={2} size="h4" id="trace-recipients" mb={6}>
        {t("recipientsTitle", { count: Math.max(total, copies.length) })}
      </Title>
      {total > 1 ? (
        <Group gap={8} mb={6}>
          {counts.map(([status, n]) => (
            <span key={status} className="trace-count">
              {formatNumber(n, language)} × <StatusBadge status={status} size="sm" />
            </span>
          ))}
        </Group>
      ) : null}
      <ul className="trace-copies" data-testid="recipients">
        {copies.map((c) => (
          <li key={c.id}>
            <StatusBadge status={c.status} size="sm" />
            {c.id === journey.id ? (
              <Text size="sm" component="span" aria-current="true" fw={600}>
                <RecipientName journey={c} />
              </Text>
            ) : (
              <Anchor component={Link} size="sm" href={journeyLink(c, side)}>
                <RecipientName journey={c} />
              </Anchor>
            )}
          </li>
        ))}
      </ul>
      {total > copies.length ? (
        <Anchor component={Link} size="sm" href={traceLink(finder(journey), around(journey))}>
          {t("recipientsAll")}
        </Anchor>
      ) : null}
    </section>
  );
}

function RecipientName({ journey: j }: { journey: Journey }) {
  const { t } = useTranslation("trace");
  const name = j.recipient ?? j.original_recipient;
  return name ? <Bit text={name} /> : t("nobody.recipient");
}

/** RelatedMessages are the notices about this message, or the message that this notice is about. */
export function RelatedMessages({ journey }: { journey: Journey }) {
  const { t } = useTranslation("trace");
  const related = journey.related ?? [];
  if (related.length === 0) return null;
  return (
    <section aria-labelledby="trace-related">
      <Title order={2} size="h4" id="trace-related" mb={6}>
        {t("related.title")}
      </Title>
      <Stack gap="xs" data-testid="related">
        {related.map((r) => (
          <RelatedMessage key={`${r.kind} ${r.queue_id} ${r.host ?? ""}`} journey={journey} related={r} />
        ))}
      </Stack>
    </section>
  );
}

/** How far from the journey its notices and its original may lie: a queue gives up after days. */
const reach = 7 * 86_400_000;

function RelatedMessage({ journey, related }: { journey: Journey; related: Related }) {
  const { t } = useTranslation("trace");
  const { zone } = useSettings();
  const range = { since: new Date(Date.parse(journey.first_time) - reach).toISOString(), until: new Date(Date.parse(journey.last_time) + reach).toISOString() };
  const asked = useTrace({ query: related.queue_id, ...range, zone, limit: 50, no_steps: true }, { keep: false });
  const found = (asked.data?.journeys ?? []).filter((j) => (related.message_key ? j.message_key === related.message_key : (j.queue_ids ?? []).includes(related.queue_id)));
  return (
    <div>
      <Group gap={6}>
        <Text size="sm" fw={600} component="span">
          {t(`related.${related.kind}`, { defaultValue: related.kind })}
        </Text>
        <Text size="xs" c="dimmed" component="span">
          <Bit text={related.queue_id} /> {related.host ? <Bit text={`@ ${related.host}`} /> : null}
        </Text>
        <ConfidenceMark confidence={related.confidence} />
      </Group>
      {asked.pending && !asked.data ? <Loader size="xs" /> : null}
      <ul className="trace-copies">
        {found.map((j) => (
          <li key={j.id}>
            <StatusBadge status={j.status} size="sm" />
            <Anchor component={Link} size="sm" href={journeyLink(j)}>
              <RecipientName journey={j} />
            </Anchor>
          </li>
        ))}
      </ul>
      {asked.data && found.length === 0 ? (
        <Anchor component={Link} size="sm" href={traceLink(related.queue_id, range)}>
          {t("related.look")}
        </Anchor>
      ) : null}
    </div>
  );
}
