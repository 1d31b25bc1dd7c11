use std::{
    path::{Path, PathBuf},
    process::Command,
};

use hybrid_cache_tower::{
    Versions,
    store::{RedisConfig, RedisStore, VersionStore},
};

use crate::{
    goes_without, reads_and_bumps, sees,
    support::{
        get,
        redis::{RedisServer, spare_port},
        redis_app::{KEY, app, patient_with, until},
        user,
    },
};

/// A certificate authority of a test's own, and a certificate for 127.0.0.1 by it.
struct Authority(PathBuf);

impl Authority {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hybrid-cache-tls-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let this = Self(folder);
        let names = "subjectAltName=IP:127.0.0.1";
        let usage = "basicConstraints=critical,CA:FALSE";
        this.openssl(&["req", "-x509", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=test authority"]);
        this.openssl(&["req", "-nodes", "-keyout", "redis.key", "-out", "redis.csr", "-subj", "/CN=redis"]);
        std::fs::write(this.path("extensions"), format!("{names}\n{usage}\n")).expect("it is writable");
        let sign = ["x509", "-req", "-in", "redis.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
        this.openssl(&[&sign[..], &["-extfile", "extensions", "-out", "redis.crt"]].concat());
        this
    }

    fn openssl(&self, arguments: &[&str]) {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
        let key = if arguments[0] == "req" { &key[..] } else { &[] };
        let done = Command::new("openssl").args(arguments).args(key).current_dir(&self.0).output();
        let done = done.unwrap_or_else(|error| {
            panic!("openssl cannot be started ({error}): this test needs it; install it with apt-get install openssl")
        });
        assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    fn pem(&self) -> Vec<u8> {
        std::fs::read(self.path("ca.crt")).expect("openssl has written it")
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server with a port for TLS beside the plain one, through which the test looks in.
fn start(authority: &Authority) -> (RedisServer, String) {
    let text = |path: &Path| path.to_str().expect("the temporary folder's name is UTF-8").to_owned();
    let [certificate, key, ca] = ["redis.crt", "redis.key", "ca.crt"].map(|file| text(&authority.path(file)));
    let port = spare_port().to_string();
    let redis = RedisServer::start_with(&[
        "--tls-port",
        &port,
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &ca,
        "--tls-auth-clients",
        "no",
    ]);
    (redis, format!("rediss://127.0.0.1:{port}/1"))
}

fn config(url: &str, authority: &Authority) -> RedisConfig {
    RedisConfig::parse(url).unwrap().trusting(&authority.pem()).unwrap()
}

#[tokio::test]
async fn versions_over_tls() {
    let authority = Authority::new("all");
    let (mut redis, url) = start(&authority);
    let app = app(&patient_with(config(&url, &authority)));
    reads_and_bumps(&app, "alice").await;
    // Remembered and heard of, over TLS as well.
    for _ in 0..5 {
        sees(&app, redis.does(&format!("INCR {KEY}")).await).await;
    }
    redis.kill();
    goes_without(&app).await;
    redis.run();
    until(&app, |answer| answer.version().is_some()).await;
}

#[tokio::test]
async fn a_server_that_another_authority_vouches_for_is_not_spoken_to() {
    let [theirs, ours] = ["theirs", "ours"].map(Authority::new);
    let (_redis, url) = start(&theirs);
    let store = RedisStore::new(config(&url, &ours));
    let error = store.read(&user("alice")).await.unwrap_err().to_string();
    assert!(error.contains("certificate"), "{error}");
    let answer = get(&app(&Versions::new(store)), "/", "alice").await;
    assert_eq!((answer.status.as_u16(), answer.version()), (200, None));
}

#[test]
fn authorities_that_cannot_be_used_are_refused_with_the_reason() {
    let tls = RedisConfig::parse("rediss://127.0.0.1").unwrap();
    let error = tls.trusting(b"no certificate").unwrap_err().to_string();
    assert!(error.contains("PEM"), "{error}");
    let authority = Authority::new("plain");
    let error = RedisConfig::parse("redis://127.0.0.1").unwrap().trusting(&authority.pem()).unwrap_err().to_string();
    assert!(error.contains("rediss://"), "{error}");
}
