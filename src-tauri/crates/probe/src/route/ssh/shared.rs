//! One session with an SSH host for all tests that go through it.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout_at;

use super::Session;
use crate::cause::Cause;
use crate::route::Hop;
use crate::route::start::any;
use crate::route::stream::Stream;
use crate::stage::{Finding, Stopwatch};

/// The session with an SSH host that all clones of a [`Hop`] go through: the first test that needs
/// it begins it, and it ends with the last clone. A host lets in only so many who are not logged in
/// yet, and asks an agent or a person for each.
#[derive(Clone, Default)]
pub struct SharedSession(Arc<Mutex<Option<Beginning>>>);

/// A session that is begun, or stands.
struct Beginning {
    progress: watch::Receiver<Progress>,
    /// Ends with this.
    _task: JoinSet<()>,
}

/// How far it is, with what is to be said of it.
#[derive(Clone, Debug)]
enum Progress {
    Connecting,
    /// No connection to the host.
    Unreachable(Finding),
    /// There is a connection.
    Reached(Finding),
    /// No session over it.
    Refused {
        reached: Finding,
        why: Finding,
    },
    Open {
        reached: Finding,
        session: Arc<Session>,
        how: Finding,
    },
}

impl fmt::Debug for SharedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedSession").finish_non_exhaustive()
    }
}

impl SharedSession {
    /// Waits with whoever waits for it already, and shares what comes of it. What has failed, or
    /// has ended since, is begun anew, in the time of the test that does so.
    pub(in crate::route) fn join(
        &self,
        hop: &Hop,
        addresses: &[SocketAddr],
        watch: Stopwatch,
    ) -> Joined {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let progress = match &*shared {
            Some(beginning) if beginning.may_come_to_something() => beginning.progress.clone(),
            _ => {
                let beginning = Beginning::new(hop, addresses, watch);
                shared.insert(beginning).progress.clone()
            }
        };
        Joined(progress)
    }
}

impl Beginning {
    fn new(hop: &Hop, addresses: &[SocketAddr], watch: Stopwatch) -> Self {
        let (told, progress) = watch::channel(Progress::Connecting);
        let addresses = addresses.to_vec();
        let hop = Hop {
            // It must not keep itself alive.
            shared: SharedSession::default(),
            ..hop.clone()
        };
        let mut task = JoinSet::new();
        task.spawn(async move { begin(&hop, &addresses, watch, &told).await });
        Self {
            progress,
            _task: task,
        }
    }

    fn may_come_to_something(&self) -> bool {
        match &*self.progress.borrow() {
            Progress::Connecting | Progress::Reached(_) => true,
            Progress::Open { session, .. } => !session.is_closed(),
            Progress::Unreachable(_) | Progress::Refused { .. } => false,
        }
    }
}

async fn begin(
    hop: &Hop,
    addresses: &[SocketAddr],
    watch: Stopwatch,
    told: &watch::Sender<Progress>,
) {
    let ((socket, address), reached) = match any(addresses, watch.deadline(60)).await {
        Ok(reached) => reached,
        Err(finding) => {
            told.send_replace(Progress::Unreachable(finding));
            return;
        }
    };
    told.send_replace(Progress::Reached(reached.clone()));
    let session = timeout_at(watch.deadline(60), Session::start(hop, Stream::Tcp(socket)));
    told.send_replace(match session.await {
        Ok(Ok((session, how))) => Progress::Open {
            reached,
            session: Arc::new(session),
            how,
        },
        Ok(Err(why)) => Progress::Refused { reached, why },
        Err(_) => Progress::Refused {
            reached,
            why: hop.stuck(address, watch).await,
        },
    });
}

/// One test that waits for a session.
#[derive(Debug)]
pub(in crate::route) struct Joined(watch::Receiver<Progress>);

impl Joined {
    /// Until there is a connection to the host, or none.
    pub(in crate::route) async fn reached(&mut self) -> Result<Finding, Finding> {
        let begun = |progress: &Progress| !matches!(progress, Progress::Connecting);
        match self.when(begun).await {
            Some(Progress::Unreachable(why)) => Err(why),
            Some(
                Progress::Reached(reached)
                | Progress::Refused { reached, .. }
                | Progress::Open { reached, .. },
            ) => Ok(reached),
            Some(Progress::Connecting) | None => Err(Finding::failed(Cause::TcpUnreachable)),
        }
    }

    /// Until there is a session, or none.
    pub(in crate::route) async fn session(&mut self) -> Result<(Arc<Session>, Finding), Finding> {
        let over =
            |progress: &Progress| !matches!(progress, Progress::Connecting | Progress::Reached(_));
        match self.when(over).await {
            Some(Progress::Open { session, how, .. }) => Ok((session, how)),
            Some(Progress::Refused { why, .. } | Progress::Unreachable(why)) => Err(why),
            Some(Progress::Connecting | Progress::Reached(_)) | None => {
                Err(Finding::failed(Cause::SshUnreachable))
            }
        }
    }

    /// None when whoever began it is gone.
    async fn when(&mut self, reached: impl FnMut(&Progress) -> bool) -> Option<Progress> {
        let progress = self.0.wait_for(reached).await;
        progress.ok().map(|progress| progress.clone())
    }
}
