import { Pipe, PipeTransform } from '@angular/core';

/** A duration for people: "0.4 ms", "38 ms", "1.2 s". */
@Pipe({ name: 'milliseconds' })
export class MillisecondsPipe implements PipeTransform {
  transform(ms: number | null): string {
    if (ms === null) return '';
    if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)}\u00a0s`;
    return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)}\u00a0ms`;
  }
}
