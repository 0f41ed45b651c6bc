import { createTheme, type MantineColorsTuple } from "@mantine/core";

// A petrol that reaches 4.5:1 on white in shade 8 and on dark grey in shade 4.
const petrol: MantineColorsTuple = ["#e6f6f8", "#d0ebee", "#a2d6dc", "#70c0ca", "#48aebb", "#2fa2b1", "#1d95a5", "#0d7f8e", "#0b6b79", "#075864"];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 7 },
  colors: { petrol },
  autoContrast: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // Its placeholder is no item of a menu; the menu itself takes the focus.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { multiline: true, maw: 360, openDelay: 200, events: { hover: true, focus: true, touch: true } } },
  },
});
