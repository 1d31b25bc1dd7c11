/** The database's name and stores, and a connection that is begun while the engine is still on its way. */

/** Begun, and not taken yet. */
let ahead: IDBOpenDBRequest | undefined;

function open(): IDBOpenDBRequest {
  const request = indexedDB.open('hybrid-cache', 1);
  request.onupgradeneeded = () => {
    const database = request.result;
    database.createObjectStore('state');
    database.createObjectStore('directory').createIndex('used', 'used');
    database.createObjectStore('entries');
  };
  request.onsuccess = () => {
    // Until the driver takes it, too, nobody's deletion or upgrade waits for this connection.
    request.result.onversionchange = () => {
      request.result.close();
      if (ahead === request) ahead = undefined;
    };
  };
  return request;
}

/** Begins to open the database; whatever stands in the way shows when it is needed. */
export function openAhead(): void {
  try {
    ahead ??= open();
  } catch {
    // The engine asks again, and hears why.
  }
}

/** The connection that was begun, or another. */
export function openDatabase(): IDBOpenDBRequest {
  const request = ahead ?? open();
  ahead = undefined;
  return request;
}
