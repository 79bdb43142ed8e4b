// Loads a package of bench/node_modules by Node's own rules: what asks for it is bundled to elsewhere.
export const load = (name) => import(name);
