import { HttpClient } from '@angular/common/http';
import { ApplicationRef } from '@angular/core';
import { HybridCache } from 'hybrid-cache/angular';
import { firstValueFrom } from 'rxjs';

/** Offers the page to the journey. */
export function show({ injector }: ApplicationRef): void {
  const http = injector.get(HttpClient);
  Object.assign(globalThis, {
    cache: injector.get(HybridCache),
    get: (path: string) => firstValueFrom(http.get(path)),
    loaded: true,
  });
}
