let address: string | undefined;
let opened: string | undefined;

/** The address of the list that was seen last in this tab: the way back from a journey. */
export const lastList = (): string | undefined => address;

export function rememberList(seen: string): void {
  address = seen;
}

/** The journey that was opened last: who comes back to the list goes on from its row. */
export const lastOpened = (): string | undefined => opened;

export function rememberOpened(id: string | undefined): void {
  opened = id;
}
