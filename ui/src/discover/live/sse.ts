/** One server-sent event. */
export interface ServerEvent {
  name: string;
  data: string;
}

/** makeParser reads server-sent events from pieces of a stream, wherever they were cut. */
export function makeParser(take: (event: ServerEvent) => void): (piece: string) => void {
  let rest = "";
  let name = "message";
  let data: string[] = [];
  const line = (text: string) => {
    if (text === "") {
      if (data.length > 0) take({ name, data: data.join("\n") });
      name = "message";
      data = [];
      return;
    }
    // What begins with a colon is a comment that keeps the line open.
    if (text.startsWith(":")) return;
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  };
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const one of lines) line(one.replace(/\r$/, ""));
  };
}
