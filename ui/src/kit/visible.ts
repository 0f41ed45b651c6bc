/**
 * visible shows what would not be seen or would deceive: control characters
 * and marks that change the direction of text become [U+202E]. Log text is
 * written by strangers. At most `most` characters are shown.
 */
export function visible(text: string, most = 20_000): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replace(hidden, (c) => `[U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

// C0 but tab, DEL and C1, soft hyphen, zero width and direction marks, tags.
const hidden = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\u{e0001}|[\u{e0020}-\u{e007f}]/gu;
