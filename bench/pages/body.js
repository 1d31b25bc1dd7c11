/** JSON text of about `kilobytes` KB: a list of invoices, as an application would get it. */
export function makeBody(kilobytes, number) {
  const invoices = [];
  let size = 20;
  for (let i = 0; size < kilobytes * 1000; i++) {
    const id = number * 10_000 + i;
    const invoice = {
      id,
      number: `INV-${String(id).padStart(7, '0')}`,
      customer: `Customer ${(id * 7919) % 10_000} & Sons`,
      issued: `2026-0${(id % 9) + 1}-1${id % 10}`,
      total_cents: (id * 104_729) % 10_000_000,
      status: ['draft', 'sent', 'paid', 'overdue'][id % 4],
      lines: [{ text: `Item ${id % 97}`, quantity: (id % 12) + 1, unit_cents: (id * 31) % 90_000 }],
      note: (id * 2_654_435_761).toString(36).repeat(8),
    };
    size += JSON.stringify(invoice).length + 1;
    invoices.push(invoice);
  }
  return JSON.stringify({ number, invoices });
}
