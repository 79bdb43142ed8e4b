// Where the runtime keeps what it learnt, from one process to the next: texts by key, in Node files of the user's cache folder, in
// a page the browser's IndexedDB. A store that can't keep anything forgets; what it gives may be old or damaged, readers check.

import { inNode } from "./platform.ts";

/** Texts by key. Neither function throws: what can't be read isn't there, what can't be written is lost. */
export interface Store {
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

/**
 * A store for the life of this object.
 * @example
 * ```ts
 * const store = memoryStore();
 * await store.write("key", "text");
 * await store.read("key"); // => "text"
 * ```
 */
export function memoryStore(): Store {
  const texts = new Map<string, string>();
  return Object.freeze({ read: async (key: string) => texts.get(key), write: async (key: string, text: string) => { texts.set(key, text); } });
}

const DATABASE = "bitloom", TABLE = "store";

/** A store in the browser's IndexedDB, which pages and workers of one origin share. */
export function browserStore(factory: IDBFactory): Store {
  const settled = async <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const inside = async <T>(mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const opening = factory.open(DATABASE, 1);
    opening.onupgradeneeded = () => { opening.result.createObjectStore(TABLE); };
    const database = await settled(opening);
    try {
      return await settled(work(database.transaction(TABLE, mode).objectStore(TABLE)));
    } finally {
      database.close();
    }
  };
  return Object.freeze({
    read: async (key: string) => { const found = await inside<unknown>("readonly", (t) => t.get(key)).catch(() => undefined); return typeof found === "string" ? found : undefined; },
    write: async (key: string, text: string) => { await inside("readwrite", (t) => t.put(text, key)).catch(() => undefined); },
  });
}

/** The store of this platform: files in Node, IndexedDB in a page, else one that forgets at the end of the process. */
export async function openStore(): Promise<Store> {
  if (inNode()) return (await import("./host-node.ts")).fileStore();
  return typeof indexedDB === "object" ? browserStore(indexedDB) : memoryStore();
}
