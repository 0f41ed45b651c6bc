import { ActionIcon, Button, Textarea, Tooltip } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  text: string;
  onSearch: (text: string) => void;
  autoFocus?: boolean;
  /** What stands beside the button: the time range. */
  children?: ReactNode;
}

/** SearchBox takes anything a customer gives, up to a whole pasted bounce. Enter searches, Shift+Enter breaks the line. */
export function SearchBox({ text, onSearch, autoFocus, children }: Props) {
  const { t } = useTranslation("trace");
  const [draft, setDraft] = useState(text);
  const box = useRef<HTMLTextAreaElement>(null);
  // Another address (back, a recent search) brings another text.
  useEffect(() => setDraft(text), [text]);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    onSearch(draft.trim());
  };
  const press = (e: KeyboardEvent<HTMLTextAreaElement>) => {
    if (e.key === "Enter" && !e.shiftKey && !e.nativeEvent.isComposing) submit(e);
  };
  const clear = () => {
    setDraft("");
    box.current?.focus();
    if (text !== "") onSearch("");
  };
  return (
    <form role="search" onSubmit={submit} className="trace-search">
      <Textarea
        ref={box}
        className="trace-box"
        size="lg"
        autosize
        minRows={1}
        maxRows={10}
        aria-label={t("box.label")}
        placeholder={t("box.placeholder")}
        value={draft}
        onChange={(e) => setDraft(e.currentTarget.value)}
        onKeyDown={press}
        autoFocus={autoFocus ?? false}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        data-testid="trace-box"
        rightSection={
          draft === "" ? null : (
            <Tooltip label={t("box.clear")}>
              <ActionIcon variant="subtle" color="gray" onClick={clear} aria-label={t("box.clear")}>
                <IconX size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )
        }
      />
      <Button type="submit" size="lg" className="trace-go" leftSection={<IconSearch size={20} aria-hidden />} data-testid="trace-go">
        {t("box.search")}
      </Button>
      <div className="trace-range">{children}</div>
    </form>
  );
}
