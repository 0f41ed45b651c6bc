import { Code, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { CopyButton } from "../kit/CopyButton";
import { browserZone } from "../kit/settings";

/** How the configuration looks; the zone is a guess that is right where the desk and its servers are in one place. */
const config = (zone: string) => `sources:
  - paths: [/var/log/mail.log]
    zone: ${zone}
  - paths: [/var/lib/docker/containers/*/*-json.log]`;

const filebeat = `filebeat.inputs:
  - type: filestream
    id: mail
    paths: [/var/log/mail.log]
output.logstash:
  hosts: ["127.0.0.1:5044"]`;

const commands = {
  reload: "rastro check rastro.yaml && rastro serve --config rastro.yaml",
  serve: (zone: string) => `rastro serve --source /var/log/mail.log=${zone}`,
  tunnel: "ssh -N -R 5044:127.0.0.1:5044 mx1",
  import: "rastro import /var/log/mail.log.*.gz",
};

/** AddSource says how lines get in: by files, by Filebeat, by an import. */
export function AddSource() {
  const { t } = useTranslation("sources");
  const zone = browserZone();
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" data-testid="add-source">
      <Way title={t("add.fileTitle")} text={t("add.fileText")} config={config(zone)} command={commands.reload} />
      <Way title={t("add.beatsTitle")} text={t("add.beatsText")} config={filebeat} command={commands.tunnel} />
      <Way title={t("add.tryTitle")} text={t("add.tryText")} command={commands.serve(zone)} />
      <Way title={t("add.importTitle")} text={t("add.importText")} command={commands.import} />
    </SimpleGrid>
  );
}

function Way({ title, text, config: lines, command }: { title: string; text: string; config?: string; command: string }) {
  const { t } = useTranslation("sources");
  return (
    <Stack gap="xs">
      <Title order={3} size="sm">
        {title}
      </Title>
      <Text size="sm">{text}</Text>
      {lines ? <Copied text={lines} name={t("add.copyConfig")} /> : null}
      <Copied text={command} name={t("add.copyCommand")} />
    </Stack>
  );
}

/** Copied is a text to be typed or pasted elsewhere, with the button that copies it. */
function Copied({ text, name }: { text: string; name: string }) {
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <Code block translate="no" style={{ flex: 1, minWidth: 0, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {text}
      </Code>
      <CopyButton text={() => text} name={name} />
    </Group>
  );
}
