//! What the commands that stay running share: the runtime, and the signals that end or reload them.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinError;

use crate::exit::{Exit, Failure};
use crate::live::Control;

/// Signals that wait for the loop; more of them ask for nothing else.
const SIGNALS_WAITING_MAX: usize = 4;

/// Runs a future to its end on a runtime of its own: in this thread, for to hand a message from one thread to another
/// costs more than all that is done with it. The store has a thread of its own.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| not_started("no runtime", &error))?.block_on(future)
}

/// Runs a future to its end as a task: one that another task wakes runs right behind that, while the system is asked for
/// news before the future of [`block_on`] is looked at again.
pub(super) async fn as_task<T: Send + 'static>(
    future: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let ended = tokio::spawn(future).await.map_err(JoinError::try_into_panic);
    ended.unwrap_or_else(|fault| match fault {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(cancelled) => Err(Failure::new(Exit::Fault, cancelled)),
    })
}

/// Returns what signals ask for: SIGTERM and SIGINT to stop, SIGHUP to reload.
pub(super) fn control_by_signals() -> Result<mpsc::Receiver<Control>, Failure> {
    let (sender, receiver) = mpsc::channel(SIGNALS_WAITING_MAX);
    let mut reload = listen(SignalKind::hangup())?;
    let stop = stopped()?;
    tokio::spawn(async move {
        tokio::pin!(stop);
        loop {
            let asked = tokio::select! {
                Some(()) = reload.recv() => Control::Reload,
                () = &mut stop => Control::Stop,
            };
            if sender.send(asked).await.is_err() || asked == Control::Stop {
                return;
            }
        }
    });
    Ok(receiver)
}

/// Returns what ends a command by itself: a time, Ctrl-C, or SIGTERM.
pub(super) fn control_for(lasts: Option<Duration>) -> Result<mpsc::Receiver<Control>, Failure> {
    let (sender, receiver) = mpsc::channel(1);
    let stopped = stopped()?;
    tokio::spawn(async move {
        match lasts {
            Some(lasts) => {
                tokio::select! {
                    () = stopped => {}
                    () = tokio::time::sleep(lasts) => {}
                }
            }
            None => stopped.await,
        }
        // Who has ended already needs nobody to end it.
        let _ended = sender.send(Control::Stop).await;
    });
    Ok(receiver)
}

/// Returns a future that is done when somebody wants the program to end.
pub(super) fn stopped() -> Result<impl Future<Output = ()>, Failure> {
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn listen(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| not_started("cannot listen for signals", &error))
}

fn not_started(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(Exit::NotStarted, format_args!("{what}: {error}"))
}
