import { Button, CloseButton, Group, Paper, Portal, Text } from "@mantine/core";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Toast {
  text: string;
  action?: { label: string; run: () => void } | undefined;
}

type Show = (toast: Toast | undefined) => void;

const Context = createContext<Show>(() => undefined);

/** useToast says what was done, with a way to undo it. */
export const useToast = (): Show => useContext(Context);

/** What can be undone stays a good while, or as long as it has the focus; plain words go sooner. */
const stay = { action: 15_000, words: 5000 };

export function ToastHost({ children }: { children: ReactNode }) {
  const { t } = useTranslation("kit");
  const [toast, setToast] = useState<Toast>();
  const [held, setHeld] = useState(false);
  const show = useCallback<Show>((next) => {
    setHeld(false);
    setToast(next);
  }, []);
  useEffect(() => {
    if (!toast || held) return;
    const timer = setTimeout(() => setToast(undefined), toast.action ? stay.action : stay.words);
    return () => clearTimeout(timer);
  }, [toast, held]);
  const action = toast?.action;
  const hold = useMemo(() => ({ onMouseEnter: () => setHeld(true), onMouseLeave: () => setHeld(false), onFocus: () => setHeld(true), onBlur: () => setHeld(false) }), []);
  return (
    <Context value={show}>
      {children}
      <Portal>
        <div role="status" className="boards-toast no-print">
          {toast ? (
            <Paper withBorder shadow="md" px="md" py="xs" {...hold} data-testid="toast">
              <Group gap="sm" wrap="nowrap">
                <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                  {toast.text}
                </Text>
                {action ? (
                  <Button
                    size="compact-sm"
                    variant="light"
                    onClick={() => {
                      setToast(undefined);
                      action.run();
                    }}
                  >
                    {action.label}
                  </Button>
                ) : null}
                <CloseButton size="sm" aria-label={t("close")} onClick={() => setToast(undefined)} />
              </Group>
            </Paper>
          ) : null}
        </div>
      </Portal>
    </Context>
  );
}
