import { Button, ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/** copyText puts text on the clipboard, also where the page is no secure context (http on another host). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** CopyButton copies what text() gives when it is pressed. With label it is a button with words, without one an icon. */
export function CopyButton({ text, label, name, variant = "default" }: { text: () => string; label?: string; name?: string; variant?: string }) {
  const { t } = useTranslation("kit");
  const [state, setState] = useState<"" | "done" | "failed">("");
  useEffect(() => {
    if (state === "") return;
    const timer = setTimeout(() => setState(""), 2500);
    return () => clearTimeout(timer);
  }, [state]);
  const press = () => void copyText(text()).then((ok) => setState(ok ? "done" : "failed"));
  const said = state === "done" ? t("copied") : state === "failed" ? t("copyFailed") : undefined;
  const icon = state === "done" ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />;
  if (label) {
    return (
      <Button size="xs" variant={variant} leftSection={icon} onClick={press}>
        <span aria-live="polite">{said ?? label}</span>
      </Button>
    );
  }
  const title = said ?? name ?? t("copy");
  return (
    <Tooltip label={title} events={{ hover: true, focus: true, touch: false }}>
      <ActionIcon size="sm" variant="subtle" color="gray" onClick={press} aria-label={title}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
