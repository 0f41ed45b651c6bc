let address: string | undefined;

/** The address of the list that was seen last in this tab: the way back from a journey. */
export const lastList = (): string | undefined => address;

export function rememberList(seen: string): void {
  address = seen;
}
