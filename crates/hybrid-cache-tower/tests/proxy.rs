//! Behind a caching proxy (nginx): nothing that is stamped is stored by it, and nobody gets what is another user's (H6).
#![allow(missing_docs)]

mod support;

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    response::IntoResponse,
    routing::get,
};
use hybrid_cache_tower::{Caller, HybridCacheLayer, ResponseRule, StorePolicy, User, Versions, store::MemoryStore};
use support::{layer, user};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// nginx with a cache for everything that may be cached, in front of a port.
struct Proxy {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl Proxy {
    async fn start(upstream: u16) -> Self {
        let folder = std::env::temp_dir().join(format!("hybrid-cache-proxy-{}", std::process::id()));
        fs::create_dir_all(folder.join("cache")).expect("the temporary folder is writable");
        // Somebody else may take the spare port before nginx does; then another one is tried.
        for _ in 0..10 {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a spare port is to be had");
            let port = listener.local_addr().expect("it is bound").port();
            drop(listener);
            let here = folder.display();
            let config = format!(
                "daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;
                 events {{ worker_connections 64; }}
                 http {{
                     access_log off; client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
                     fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
                     proxy_cache_path {here}/cache keys_zone=all:1m;
                     server {{
                         listen 127.0.0.1:{port};
                         location / {{
                             proxy_pass http://127.0.0.1:{upstream};
                             proxy_cache all;
                             proxy_cache_key $request_uri;
                             proxy_cache_valid any 10m;
                             add_header X-Proxy-Cache $upstream_cache_status always;
                         }}
                     }}
                 }}"
            );
            fs::write(folder.join("nginx.conf"), config).expect("the folder is writable");
            let started = Command::new("nginx")
                .arg("-c")
                .arg(folder.join("nginx.conf"))
                .arg("-p")
                .arg(&folder)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn();
            let mut process = started.expect("nginx is installed: apt-get install nginx-light");
            for _ in 0..4_000 {
                if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                    return Self { process, folder, port };
                }
                if process.try_wait().expect("it is a child of this process").is_some() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let _ = process.kill();
            let _ = process.wait();
        }
        panic!("nginx did not start: {}", fs::read_to_string(folder.join("error.log")).unwrap_or_default());
    }

    /// How many responses it has stored.
    fn stored(&self) -> usize {
        fs::read_dir(self.folder.join("cache")).expect("the folder is there").count()
    }

    /// As a browser with this session cookie asks: status line, header section in lower case, and body.
    async fn get(&self, path: &str, session: &str) -> (String, String) {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).await.expect("nginx accepts");
        let request = format!("GET {path} HTTP/1.0\r\nhost: x\r\ncookie: session={session}\r\n\r\n");
        socket.write_all(request.as_bytes()).await.expect("nginx reads");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("nginx answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a header section");
        (head.to_ascii_lowercase(), body.to_owned())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

async fn whose(axum::Extension(caller): axum::Extension<Caller>) -> String {
    caller.user().map_or("nobody", User::as_str).to_owned()
}

async fn serve(layer: HybridCacheLayer) -> u16 {
    let lax = async |caller| ([(header::CACHE_CONTROL, "public, max-age=600")], whose(caller).await);
    let app = Router::new()
        .route("/silent", get(whose))
        .route("/lax", get(lax))
        .route("/failing", get(async || (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "max-age=600")], "none")))
        .route(
            "/policy",
            get(whose).layer(ResponseRule::policy(StorePolicy { max_age: Some(300), ..Default::default() })),
        )
        // The same for everybody: it opts out, and is the proxy's to keep.
        .route(
            "/logo",
            get(async || ([(header::CACHE_CONTROL, "public, max-age=600")], "logo")).layer(ResponseRule::unstamped()),
        )
        .layer(layer)
        .layer(from_fn(async |mut request: Request, next: Next| {
            let cookie = request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok());
            let found = cookie.and_then(|cookie| cookie.strip_prefix("session=")).map(user);
            if let Some(found) = found {
                request.extensions_mut().insert(found);
            }
            next.run(request).await.into_response()
        }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a spare port is to be had");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(async move { axum::serve(listener, app).await });
    port
}

#[tokio::test]
async fn a_caching_proxy_stores_nothing_that_is_stamped() {
    let versions = Versions::new(MemoryStore::new());
    let proxy = Proxy::start(serve(layer(&versions)).await).await;

    // That it would store: without this the rest shows nothing.
    assert!(proxy.get("/logo", "alice").await.0.contains("x-proxy-cache: miss"));
    assert!(proxy.get("/logo", "bob").await.0.contains("x-proxy-cache: hit"));
    let before = proxy.stored();
    assert!(before > 0);

    for path in ["/silent", "/lax", "/failing", "/policy", "/nowhere"] {
        let mut bodies = Vec::new();
        for who in ["alice", "bob", "alice"] {
            let (head, body) = proxy.get(path, who).await;
            assert!(head.contains("x-cache-version: "), "{path}: {head}");
            assert!(head.contains("cache-control: private, no-store"), "{path}: {head}");
            assert!(!head.contains("x-proxy-cache: hit"), "{path}: {head}");
            if body == "alice" || body == "bob" {
                assert_eq!(body, who, "{path}");
            }
            bodies.push(body);
        }
        assert_eq!(bodies[0], bodies[2], "{path}");
    }
    assert_eq!(proxy.stored(), before, "nothing was added to the proxy's cache");
}
