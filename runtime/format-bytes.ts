// Bytes and fields of tensors of formats, which only those need who keep fields on the host: loaded when asked for.
export { packFormat, unpackFormat } from "../vm/index.ts";
