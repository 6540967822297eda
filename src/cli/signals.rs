/// Waits until somebody wants the program to end: Ctrl-C, or SIGTERM from a service manager.
#[cfg(unix)]
pub(super) async fn stop() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Waits until somebody wants the program to end.
#[cfg(not(unix))]
pub(super) async fn stop() -> anyhow::Result<()> {
    Ok(tokio::signal::ctrl_c().await?)
}
