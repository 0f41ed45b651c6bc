import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  opened: boolean;
  title: string;
  children: ReactNode;
  /** The answers beside "cancel", the safest first. */
  answers: { label: string; run: () => void; danger?: boolean; busy?: boolean }[];
  onClose: () => void;
}

/** Ask puts a question before something is lost. */
export function Ask({ opened, title, children, answers, onClose }: Props) {
  const { t } = useTranslation("kit");
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered closeButtonProps={{ "aria-label": t("close") }}>
      <Stack>
        {typeof children === "string" ? <Text size="sm">{children}</Text> : children}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("cancel")}
          </Button>
          {answers.map((a) => (
            <Button key={a.label} onClick={a.run} loading={a.busy ?? false} {...(a.danger ? { color: "red", variant: "light" } : {})}>
              {a.label}
            </Button>
          ))}
        </Group>
      </Stack>
    </Modal>
  );
}
