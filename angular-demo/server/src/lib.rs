//! The server behind the hybrid-cache demo: a small invoicing API over SQLite, stamped by `hybrid-cache-tower`, and the
//! built Angular application.
//!
//! | route | does |
//! |---|---|
//! | `POST /api/auth/login/` | `{"username","password"}` to `{"token","user":{"id","name","scope"}}` |
//! | `GET /api/invoices/?search=&status=&page=` | 25 invoices of the signed-in user |
//! | `GET /api/invoices/{id}/`, `PATCH` | one of them; the change is committed, then the user's version is bumped |
//! | `POST /api/demo/other-person-edits/` | the same as if somebody else had done it |
//! | `GET /api/demo/requests/` | how many requests for `/api/invoices/**` this server has seen from the user |
//! | `/api/cache/...`, `/health`, `/metrics` | of `hybrid-cache-tower` |
//! | everything else | files of the built application, else its `index.html` |
//!
//! It serves one machine and two invented people; it is not meant to be exposed to a network.

mod api;
pub mod app;
pub mod data;
mod files;
pub mod settings;
pub mod stop;
