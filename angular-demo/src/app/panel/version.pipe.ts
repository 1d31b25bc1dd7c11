import { Pipe, PipeTransform } from '@angular/core';

/**
 * A version for people: digits in groups of three. Versions that count microseconds are long and differ at their end,
 * so `'start'` gives what comes before the last two groups and `'end'` these two.
 */
@Pipe({ name: 'version' })
export class VersionPipe implements PipeTransform {
  transform(version: number, part: 'start' | 'end'): string {
    const groups = String(version).replace(/\B(?=(\d{3})+$)/g, '\u202f').split('\u202f');
    return (part === 'start' ? groups.slice(0, -2) : groups.slice(-2)).join('\u202f');
  }
}
