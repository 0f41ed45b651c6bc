import { Box, Code, Text } from "@mantine/core";
import { Fragment } from "react";

import { CopyButton } from "../kit/CopyButton";
import { visible } from "../kit/visible";

/** Hint says what to do. What stands between backticks is to be typed: it is set apart, and commands can be copied. */
export function Hint({ text }: { text: string }) {
  const parts = visible(text).split("`");
  return (
    <Text component="p" size="sm" m={0} style={{ overflowWrap: "anywhere" }}>
      {parts.map((part, i) =>
        i % 2 === 0 ? (
          <Fragment key={i}>{part}</Fragment>
        ) : (
          <Box component="span" key={i} className="sources-command">
            <Code translate="no">{part}</Code>
            {part.includes(" ") ? <CopyButton text={() => part} /> : null}
          </Box>
        ),
      )}
    </Text>
  );
}
