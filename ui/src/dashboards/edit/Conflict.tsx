import { Button, Group, List, Modal, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Dashboard } from "../../api";
import { Time } from "../../kit/time";
import { useWords } from "../../logs/words";
import { changes, type Change } from "../model/conflict";

interface Props {
  base: Dashboard;
  mine: Dashboard;
  theirs: Dashboard;
  busy: boolean;
  overwrite: () => void;
  take: () => void;
  copy: () => void;
  onClose: () => void;
}

/** Conflict shows what somebody else saved meanwhile, and lets the viewer choose: nothing is lost without being seen. */
export function Conflict({ base, mine, theirs, busy, overwrite, take, copy, onClose }: Props) {
  const { t } = useTranslation("dashboards");
  const kit = useTranslation("kit").t;
  return (
    <Modal opened onClose={onClose} title={t("conflict.dialog")} centered size="lg" closeButtonProps={{ "aria-label": kit("close") }}>
      <Stack gap="md" data-testid="conflict">
        <Text size="sm">
          {t("conflict.text")} <Time at={theirs.updated_at} ago />
        </Text>
        <Changes title={t("conflict.theirs")} list={changes(base, theirs)} />
        <Changes title={t("conflict.mine")} list={changes(base, mine)} />
        <Group gap="xs">
          <Button onClick={copy} loading={busy} data-autofocus>
            {t("conflict.copy")}
          </Button>
          <Button variant="default" onClick={take} disabled={busy}>
            {t("conflict.take")}
          </Button>
          <Button variant="light" color="red" onClick={overwrite} disabled={busy}>
            {t("conflict.overwrite")}
          </Button>
          <Button variant="subtle" color="gray" onClick={onClose}>
            {t("conflict.edit")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Changes({ title, list }: { title: string; list: Change[] }) {
  const { t } = useTranslation("dashboards");
  const words = useWords();
  return (
    <div>
      <Title order={3} size="h6">
        {title}
      </Title>
      <List size="sm">
        {list.length === 0 ? <List.Item>{t("conflict.none")}</List.Item> : null}
        {list.map((c, i) => (
          <List.Item key={i}>{"panel" in c ? t(`conflict.${c.kind}`, { title: words(c.panel.title) || t(`kind.${c.panel.kind}`) }) : t(`conflict.${c.kind}`)}</List.Item>
        ))}
      </List>
    </div>
  );
}
