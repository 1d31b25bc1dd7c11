//! Being asked to stop.

use std::io;

use tokio::sync::watch;

/// Tells when SIGINT (Ctrl+C) or SIGTERM has come. Clones tell the same.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on: a signal that comes before anybody waits is not lost.
    ///
    /// # Errors
    ///
    /// The operating system refuses to deliver signals.
    pub fn listen() -> io::Result<Self> {
        let (sender, receiver) = watch::channel(false);
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
            tokio::spawn(async move {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                sender.send_replace(true);
            });
        }
        #[cfg(not(unix))]
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                sender.send_replace(true);
            }
        });
        Ok(Self(receiver))
    }

    /// Waits for it; for ever if it cannot come any more.
    pub async fn asked(mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
