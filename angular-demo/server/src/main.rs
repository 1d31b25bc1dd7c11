//! Starts the demo server; see the library beside it.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use hybrid_cache_demo_server::{
    app::{self, App},
    data::{Amount, Database},
    settings::{Settings, StartError},
    stop::Stop,
};
use tokio::{net::TcpListener, time::sleep};
use tracing_subscriber::EnvFilter;

/// How long requests under way may take when the server is asked to stop.
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), StartError> {
    let settings = Settings::from_env()?;
    let stop = Stop::listen().map_err(|error| StartError::serving(&error))?;
    // Before the database is generated: a port in use is told at once.
    let listener = TcpListener::bind(("127.0.0.1", settings.port))
        .await
        .map_err(|error| StartError::port(settings.port, &error))?;
    let address = listener.local_addr().map_err(|error| StartError::port(settings.port, &error))?;

    let began = Instant::now();
    let database = Database::open(&settings.database, Amount::FULL, |step| println!("  data      {step}"))?;
    let versions = settings.versions();
    let health = versions.health().await;

    println!("hybrid-cache demo");
    println!("  versions  {}", versions.store_location());
    println!("  database  {} ({:.1} s)", settings.database.display(), began.elapsed().as_secs_f32());
    println!("  app       {}", settings.app_dir.display());
    for warning in health.warnings {
        println!("  warning   {}. {}.", warning.problem, warning.cure);
    }
    if let Some(warning) = settings.app_warning() {
        println!("  warning   {warning}");
    }
    println!("  sign in   alice or bob, password demo");
    println!("  address   http://{address}");

    let app = App { database, versions, app_dir: settings.app_dir, hold: settings.hold };
    let server = axum::serve(listener, app::router(app)?).with_graceful_shutdown(stop.clone().asked());
    let patience = async {
        stop.asked().await;
        sleep(PATIENCE).await;
    };
    tokio::select! {
        stopped = server => stopped.map_err(|error| StartError::serving(&error))?,
        () = patience => say_if_heard("  warning   some requests were still under way"),
    }
    say_if_heard("stopped");
    Ok(())
}

/// By now whoever started the server may have stopped reading what it says.
fn say_if_heard(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
