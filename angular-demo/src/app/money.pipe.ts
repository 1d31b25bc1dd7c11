import { Pipe, PipeTransform } from '@angular/core';

/** Cents as an amount of money: `123456 | money: 'EUR'` is "€1,234.56". */
@Pipe({ name: 'money' })
export class MoneyPipe implements PipeTransform {
  private static readonly formats = new Map<string, Intl.NumberFormat>();

  transform(cents: number, currency: string): string {
    let format = MoneyPipe.formats.get(currency);
    if (!format) {
      format = new Intl.NumberFormat('en-GB', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
      MoneyPipe.formats.set(currency, format);
    }
    return format.format(cents / 100);
  }
}
