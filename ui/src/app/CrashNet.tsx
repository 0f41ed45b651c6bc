import { Alert, Button, Code, Stack, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** CrashNet keeps the rest of the page alive when a screen fails, and says so. */
export class CrashNet extends Component<{ children: ReactNode }, { fault: string | undefined }> {
  override state = { fault: undefined as string | undefined };

  static getDerivedStateFromError(err: unknown) {
    return { fault: err instanceof Error ? `${err.name}: ${err.message}` : String(err) };
  }

  override render() {
    return this.state.fault === undefined ? this.props.children : <Crash fault={this.state.fault} />;
  }
}

function Crash({ fault }: { fault: string }) {
  const { t } = useTranslation("app");
  return (
    <Alert color="red" title={t("crash.title")} role="alert" m="md">
      <Stack align="flex-start">
        <Text size="sm">{t("crash.text")}</Text>
        <Code block>{fault.slice(0, 500)}</Code>
        <Button size="xs" onClick={() => location.reload()}>
          {t("crash.reload")}
        </Button>
      </Stack>
    </Alert>
  );
}
