import { Routes } from '@angular/router';

import { DeskComponent } from './desk/desk.component';
import { InvoiceDetailComponent } from './invoices/invoice-detail.component';
import { InvoiceListComponent } from './invoices/invoice-list.component';
import { NotFoundComponent } from './desk/not-found.component';
import { signedIn, signedOut } from './session/guards';
import { SignInComponent } from './sign-in/sign-in.component';

export const routes: Routes = [
  { path: 'sign-in', component: SignInComponent, canActivate: [signedOut], title: 'Sign in · Tally' },
  {
    path: '',
    component: DeskComponent,
    canActivate: [signedIn],
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'invoices' },
      { path: 'invoices', component: InvoiceListComponent, title: 'Invoices · Tally' },
      { path: 'invoices/:id', component: InvoiceDetailComponent, title: 'Invoice · Tally' },
      { path: '**', component: NotFoundComponent, title: 'Not found · Tally' },
    ],
  },
];
