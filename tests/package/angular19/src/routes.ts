import { Routes } from '@angular/router';

export const routes: Routes = [
  { path: 'shared', loadComponent: () => import('./lazy.component').then(({ LazyComponent }) => LazyComponent) },
  { path: 'own', loadChildren: () => import('./own.routes').then((own) => own.routes) },
];
