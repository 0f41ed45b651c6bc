export * from "./client";
export * from "./ask";
export type * from "./types.gen";
