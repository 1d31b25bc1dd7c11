/** What other tabs tell, and when this one comes back from where nobody could tell it anything. */
export interface Tabs {
  /** Another partition's state was changed here. */
  tell(partition: string): void;
  close(): void;
}

/**
 * Listens to the channel `hybrid-cache` and to the page's comings and goings. Messages are hints (S1b): a lost one
 * costs nothing but time.
 */
export function openTabs(heard: (partition: string) => void, wake: () => void): Tabs {
  let channel: BroadcastChannel | undefined;
  const open = () => {
    if (channel || typeof BroadcastChannel === 'undefined') return;
    try {
      channel = new BroadcastChannel('hybrid-cache');
      channel.onmessage = ({ data }) => void (typeof data === 'string' && heard(data));
    } catch {
      // An opaque origin has no channels.
    }
  };
  // A message would throw a page out of the back/forward cache.
  const shut = () => {
    channel?.close();
    channel = undefined;
  };
  const back = () => {
    open();
    wake();
  };
  const visible = () => void (document.visibilityState === 'visible' && wake());
  const ended = new AbortController();
  if (globalThis.document) {
    const { signal } = ended;
    addEventListener('pagehide', shut, { signal });
    addEventListener('pageshow', back, { signal });
    document.addEventListener('resume', wake, { signal });
    document.addEventListener('visibilitychange', visible, { signal });
  }
  open();
  return {
    tell(partition) {
      try {
        channel?.postMessage(partition);
      } catch {
        // See above: a hint.
      }
    },
    close() {
      shut();
      ended.abort();
    },
  };
}
