//! Signing in: bearer tokens, kept in the database so that they outlive the server.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::post,
};
use hybrid_cache_contract::control::ErrorCode;
use hybrid_cache_tower::{User, control};
use serde::{Deserialize, Serialize};

use super::problem::{Body, Problem};
use crate::{
    app::Shared,
    data::{Database, PASSWORD, USERS},
};

/// The tokens that have been given out, by token.
#[derive(Clone, Default)]
pub(crate) struct Sessions(Arc<RwLock<HashMap<String, i64>>>);

impl Sessions {
    pub(crate) fn load(database: &Database) -> rusqlite::Result<Self> {
        let tokens = database.with(|connection| {
            let mut select = connection.prepare("SELECT token, user_id FROM token")?;
            select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })?;
        Ok(Self(Arc::new(RwLock::new(tokens))))
    }

    fn account(&self, token: &str) -> Option<Account> {
        let id = *self.0.read().unwrap_or_else(PoisonError::into_inner).get(token)?;
        USERS.iter().find(|user| user.0 == id).map(|&(id, _, name)| Account { id, name })
    }
}

/// The person behind a request, put among its extensions by [`authenticate`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
}

/// `/api/auth/login/`.
pub(crate) fn router() -> Router<Shared> {
    Router::new().route("/api/auth/login/", post(login))
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

#[derive(Serialize)]
struct LoggedIn {
    token: String,
    user: LoggedInUser,
}

#[derive(Serialize)]
struct LoggedInUser {
    id: i64,
    name: &'static str,
    scope: String,
}

async fn login(State(shared): State<Shared>, Body(login): Body<Login>) -> Result<Response, Problem> {
    let found = USERS.iter().find(|user| user.1 == login.username && login.password == PASSWORD);
    let Some(&(id, _, name)) = found else {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "wrong user name or password: try alice and demo"));
    };
    let token: String = shared
        .database
        .run(move |connection| {
            let sql = "INSERT INTO token VALUES (lower(hex(randomblob(24))), ?1) RETURNING token";
            connection.query_row(sql, [id], |row| row.get(0))
        })
        .await?;
    shared.sessions.0.write().unwrap_or_else(PoisonError::into_inner).insert(token.clone(), id);
    let scope = shared.secret.scope(&cache_user(id)?).as_str().into();
    let body = Json(LoggedIn { token, user: LoggedInUser { id, name, scope } });
    Ok(([(header::CACHE_CONTROL, "no-store")], body).into_response())
}

/// Refuses what carries no valid token, and names the user to the layer and the handlers.
pub(crate) async fn authenticate(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let Some(account) = bearer(request.headers()).and_then(|token| shared.sessions.account(token)) else {
        let sentence = "sign in first: send Authorization: Bearer with a token from /api/auth/login/";
        let problem = control::Problem::new(ErrorCode::Unauthenticated, sentence);
        return ([(header::WWW_AUTHENTICATE, "Bearer")], problem).into_response();
    };
    match cache_user(account.id) {
        Ok(user) => request.extensions_mut().insert(user),
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(account);
    next.run(request).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn cache_user(id: i64) -> Result<User, Problem> {
    User::new(&id.to_string()).map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}
