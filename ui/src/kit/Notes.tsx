import { Alert, Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** The part of a server's error that a person reads. */
interface Problem {
  code: string;
  message: string;
  hint?: string | undefined;
}

/** ErrorNote says what went wrong and what to do; the server's own words stand below those of the catalogue. */
export function ErrorNote({ error, again, children }: { error: { detail: Problem }; again?: () => void; children?: ReactNode }) {
  const { t, i18n } = useTranslation("kit");
  const { code, message, hint } = error.detail;
  const known = i18n.exists(`kit:error.${code}`);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={known ? t(`error.${code}`) : t("error.title")} role="alert" data-testid="error">
      <Stack gap="xs">
        <Text size="sm" style={{ overflowWrap: "anywhere" }} lang="en">
          {message}
        </Text>
        {hint ? (
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }} lang="en">
            {hint}
          </Text>
        ) : null}
        {children}
        {again ? (
          <Group>
            <Button size="xs" variant="default" onClick={again}>
              {t("again")}
            </Button>
          </Group>
        ) : null}
      </Stack>
    </Alert>
  );
}

/** EmptyNote says why there is nothing and what to do next. */
export function EmptyNote({ title, children, icon, order = 2 }: { title: string; children?: ReactNode; icon?: ReactNode; /** 1 where it is the page's only heading. */ order?: 1 | 2 }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center" data-testid="empty">
      <span aria-hidden style={{ color: "var(--mantine-color-dimmed)" }}>
        {icon ?? <IconInfoCircle size={36} stroke={1.5} />}
      </span>
      <Title order={order} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

/** Waiting shows that a question takes its time, for how long, and how to give it up. It stays invisible for a moment: what is quick must not flicker. */
export function Waiting({ cancel, inline }: { cancel?: () => void; inline?: boolean }) {
  const { t } = useTranslation("kit");
  const [seconds, setSeconds] = useState(0);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const start = Date.now();
    const soon = setTimeout(() => setShown(true), 250);
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - start) / 1000)), 500);
    return () => {
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, []);
  if (!shown) return null;
  return (
    <Group gap="sm" justify={inline ? "flex-start" : "center"} py={inline ? 0 : "md"} role="status" data-testid="waiting">
      <Loader size="xs" />
      <Text size="sm" c="dimmed">
        {seconds < 1 ? t("working") : t("workingFor", { count: seconds })}
      </Text>
      {cancel ? (
        <Button size="compact-xs" variant="default" onClick={cancel}>
          {t("cancel")}
        </Button>
      ) : null}
    </Group>
  );
}
