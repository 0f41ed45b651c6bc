export * from "./format";
export * from "./range";
export { Time } from "./Time";
export { TimePicker, useRangeText } from "./TimePicker";
export { ZoneSelect } from "./ZoneSelect";
