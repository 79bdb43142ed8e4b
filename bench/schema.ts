// JSON against a schema, for the few words of JSON Schema that bench/wgsl.schema.json uses.

/** A schema, or a part of one. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}

const isObject = (v: unknown): v is Readonly<Record<string, unknown>> => typeof v === "object" && v !== null && !Array.isArray(v);
const types: Readonly<Record<string, (v: unknown) => boolean>> = { object: isObject, array: Array.isArray, string: (v) => typeof v === "string", number: (v) => typeof v === "number", integer: Number.isInteger, boolean: (v) => typeof v === "boolean" };

/** All that is wrong with a value, each with its place; empty where nothing is. */
export function violations(value: unknown, schema: Schema, root: Schema = schema, at = "manifest"): readonly string[] {
  if (schema.$ref !== undefined) {
    const found = schema.$ref.split("/").slice(1).reduce<unknown>((s, word) => (isObject(s) && Object.hasOwn(s, word) ? s[word] : undefined), root) as Schema | undefined;
    return found ? violations(value, found, root, at) : [`${at}: the schema has no ${schema.$ref}`];
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is ${JSON.stringify(value)}, not one of ${schema.enum.join(", ")}`];
  if (schema.type !== undefined && !types[schema.type]?.(value)) return [`${at} is ${JSON.stringify(value)}, not of type ${schema.type}`];
  if (Array.isArray(value)) return value.flatMap((v, i) => (schema.items ? violations(v, schema.items, root, `${at}[${i}]`) : []));
  if (!isObject(value)) return [];
  const { properties = {}, required = [], additionalProperties: more = true } = schema;
  return [
    ...required.filter((name) => !(name in value)).map((name) => `${at} lacks "${name}"`),
    ...Object.entries(value).flatMap(([name, v]) => {
      const own = Object.hasOwn(properties, name) ? properties[name] : more;
      return own === true ? [] : own === false ? [`${at} has "${name}", which means nothing; there are ${Object.keys(properties).join(", ")}`] : violations(v, own, root, `${at}.${name}`);
    }),
  ];
}
