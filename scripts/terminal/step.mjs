/** Shows what is being done and how long it took. */

const live = process.stdout.isTTY && !process.env.CI;

/** "0.4 s", "12 s", "3 min 05 s". */
export function duration(ms) {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * Does `work` under a title and prints one line when it ends, with the time it took and the note that `work` returns,
 * if any. `failed(note)` asks whether that is a failure; one that `work` throws is anyway. Meanwhile a terminal shows the last line of progress; where nobody can see that, long work says every 30 s
 * that it is still going.
 */
export async function step(title, work, failed = () => false) {
  const start = performance.now();
  let last = '';
  const draw = () => {
    const text = `  … ${title}  ${duration(performance.now() - start)}  ${last}`;
    process.stdout.write(`\r\x1b[K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  };
  const tell = () => console.log(`  … ${title}: still going after ${duration(performance.now() - start)}${last && ` (${last})`}`);
  const timer = live ? setInterval(draw, 200) : setInterval(tell, 30_000);
  const close = (mark, note) => {
    clearInterval(timer);
    if (live) process.stdout.write('\r\x1b[K');
    console.log(`  ${mark} ${note ? `${title}: ${note}` : title}  (${duration(performance.now() - start)})`);
  };
  try {
    const note = await work((line) => {
      last = line.replace(/\x1b\[[0-9;]*m/g, '').trim().slice(0, 160);
    });
    close(failed(note) ? '✗' : '✓', typeof note === 'string' ? note : '');
    return note;
  } catch (error) {
    close('✗', 'failed');
    throw error;
  }
}
