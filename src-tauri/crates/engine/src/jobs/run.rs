//! One job from its intent to its end. Every phase is on disk when it begins, and can be begun
//! again from there.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::apply::name;
use crate::accounts::{Account, SANDBOX};
use crate::audit::{self, Note};
use crate::cloud::Cloud;
use crate::code::Code;
use crate::engine::Engine;
use crate::error::Error;
use crate::readiness::facts;
use crate::store::{JobRecord, update_job};
use crate::view::{Action, EdgeError, EventCode, FactMap, JobEvent, Phase, Trouble};

/// Why a job does not go on.
pub(super) enum Stop {
    /// See [`Phase::Failed`].
    Failed(Box<EdgeError>),
    /// The cloud answers, and did not get there in this time.
    Overdue(Duration),
    /// See [`Phase::Interrupted`].
    Interrupted,
    /// See [`Phase::Detached`].
    Detached,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(Box::new(error.into()))
    }
}

/// How a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// With the intent.
    New,
    /// Where a process that is gone left it.
    Restart,
    /// Where its watching was ended.
    Again,
}

pub(super) struct Run {
    pub(super) engine: Engine,
    pub(super) record: JobRecord,
    /// The new password of `require_password`; never on disk, so gone after a restart.
    pub(super) password: Option<SecretString>,
    pub(super) detach: CancellationToken,
    /// Tells that a key may be there again.
    keys: watch::Receiver<()>,
    /// How often in a row the key was refused or not there.
    refusals: u32,
}

impl Run {
    pub(super) fn new(
        engine: Engine,
        record: JobRecord,
        password: Option<SecretString>,
        detach: CancellationToken,
    ) -> Self {
        Self {
            keys: engine.inner.jobs.keys.subscribe(),
            engine,
            record,
            password,
            detach,
            refusals: 0,
        }
    }

    pub(super) async fn run(mut self, begin: Begin) {
        if begin == Begin::Restart {
            self.event(EventCode::ResumedAfterRestart, FactMap::new());
        }
        let end = match self.drive(begin).await {
            Ok(()) => Phase::Succeeded,
            Err(Stop::Interrupted) => Phase::Interrupted,
            Err(Stop::Detached) => Phase::Detached,
            Err(Stop::Overdue(after)) => {
                self.record.job.error = Some(Error::NotFinished { after }.into());
                Phase::Failed
            }
            Err(Stop::Failed(error)) => {
                self.record.job.error = Some(*error);
                Phase::Failed
            }
        };
        self.end(end).await;
    }

    async fn drive(&mut self, begin: Begin) -> Result<(), Stop> {
        if begin == Begin::Restart && self.record.job.account_id == SANDBOX {
            // That cloud ended with the process; the next one knows nothing of it.
            self.event(EventCode::NothingInCloud, FactMap::new());
            return Err(Stop::Interrupted);
        }
        if self.record.sending.nothing_to_do {
            return self.nothing_to_do().await;
        }
        match self.record.job.phase {
            // Nothing was sent, and the plan is from another time.
            Phase::Queued if begin != Begin::New => {
                self.event(EventCode::NotSent, FactMap::new());
                return Err(Stop::Interrupted);
            }
            Phase::Queued => self.submit().await?,
            Phase::Submitting => self.find_in_cloud(None).await?,
            _ => {}
        }
        if self.record.job.phase == Phase::Updating {
            self.follow().await?;
            self.enter(Phase::Confirming, EventCode::TaskEnded, FactMap::new());
        }
        if self.record.job.phase == Phase::Confirming {
            self.confirm().await?;
        }
        self.prove().await
    }

    /// That SSL is on says the cloud; that it works is proven all the same.
    async fn nothing_to_do(&mut self) -> Result<(), Stop> {
        if !matches!(self.record.job.action, Action::EnableSsl { .. }) {
            self.event(EventCode::NothingToDo, FactMap::new());
            return Ok(());
        }
        self.enter(Phase::Certificate, EventCode::NothingToDo, FactMap::new());
        self.prove().await
    }

    /// Enters a phase; a journal that cannot be written now gets it with the next change.
    pub(super) fn enter(&mut self, phase: Phase, code: EventCode, facts: FactMap) {
        self.record.job.phase = phase;
        self.event(code, facts);
    }

    /// Enters a phase, or fails and leaves the job as it was.
    pub(super) fn enter_on_disk(&mut self, phase: Phase, code: EventCode) -> Result<(), Error> {
        let before = self.record.clone();
        self.record.job.phase = phase;
        self.push(code, FactMap::new());
        match self.engine.inner.store.update_job(&self.record) {
            Ok(()) => {
                self.engine.keep_job(&self.record, true);
                Ok(())
            }
            Err(error) => {
                self.record = before;
                Err(error.into())
            }
        }
    }

    pub(super) fn event(&mut self, code: EventCode, facts: FactMap) {
        self.push(code, facts);
        self.keep();
    }

    fn push(&mut self, code: EventCode, facts: FactMap) {
        self.record.job.events.push(JobEvent {
            at: self.engine.now(),
            phase: self.record.job.phase,
            code,
            facts,
        });
    }

    fn keep(&self) {
        let written = self.engine.inner.store.update_job(&self.record);
        if let Err(error) = &written {
            tracing::error!(%error, job = self.record.job.id, "the journal cannot be written");
        }
        self.engine.keep_job(&self.record, written.is_ok());
    }

    async fn end(mut self, phase: Phase) {
        let now = self.engine.now();
        self.record.job.phase = phase;
        self.record.job.finished = Some(now);
        self.record.job.trouble = None;
        let (code, action, result) = match phase {
            Phase::Succeeded => (EventCode::Succeeded, name(&self.record.job.action), "done"),
            Phase::Detached => (EventCode::Detached, "stop_watching", "done"),
            Phase::Interrupted => (
                EventCode::Interrupted,
                name(&self.record.job.action),
                "failed",
            ),
            _ => (EventCode::Failed, name(&self.record.job.action), "failed"),
        };
        let error = self.record.job.error.as_ref();
        let mut details = facts([("job_id", json!(self.record.job.id))]);
        if let Some(error) = error {
            details.insert("code".to_owned(), json!(error.code));
        }
        if phase == Phase::Interrupted {
            details.insert("code".to_owned(), json!("interrupted"));
        }
        let request_id = error.and_then(|error| error.request_id.clone());
        self.push(code, FactMap::new());
        let account = self.engine.inner.accounts.find(&self.record.job.account_id);
        let note = Note {
            action,
            target: self.record.job.instance_id.clone(),
            result,
            request_id,
            facts: details,
            ..account
                .as_ref()
                .map(|a| self.engine.by(a))
                .unwrap_or_default()
        };
        let written = self.engine.inner.store.write(|transaction| {
            update_job(transaction, &self.record)?;
            audit::append(transaction, now, note)
        });
        if let Err(error) = &written {
            tracing::error!(%error, job = self.record.job.id, "the journal cannot be written");
        }
        self.engine.keep_job(&self.record, written.is_ok());
        self.password = None;
        // The row shows the new state when the cloud still answers; a sweep shows it otherwise.
        if let Ok(account) = account {
            let _ = self
                .engine
                .read_instance(&account, &self.record.job.instance_id)
                .await;
        }
    }

    pub(super) fn account(&self) -> Result<Account, Error> {
        self.engine
            .inner
            .accounts
            .find(&self.record.job.account_id)
            .map_err(|_| Error::KeyLost {
                account: self.record.job.account_id.clone(),
            })
    }

    /// The account's connection; waits until its key is there.
    pub(super) async fn cloud(&mut self) -> Result<Cloud, Stop> {
        loop {
            // A key that comes back from here on is not missed.
            self.keys.borrow_and_update();
            let found = match self.account() {
                Ok(account) => self.engine.cloud(&account).await,
                Err(error) => Err(error),
            };
            match found {
                Ok(cloud) => return Ok(cloud.asking_again()),
                Err(error) => self.wait_for_key(error.into()).await?,
            }
        }
    }

    /// Waits until somebody signs in, or for a while: a refusal may pass by itself.
    async fn wait_for_key(&mut self, error: EdgeError) -> Result<(), Stop> {
        let code = error.code;
        self.waits(EventCode::WaitingForKey, error);
        let pause = self.engine.inner.timings.refused * (1 << self.refusals.min(4)).min(10);
        self.refusals += 1;
        tokio::select! {
            _ = self.keys.changed() => Ok(()),
            () = sleep(pause), if !asks_the_user(code) => Ok(()),
            () = self.detach.cancelled() => Err(Stop::Detached),
        }
    }

    /// The pause between two looks at the cloud, after what the last one brought: `None` when
    /// there is to be another. Trouble that passes is waited out, a key that is refused is waited
    /// for.
    pub(super) async fn pause<T>(
        &mut self,
        look: Result<Option<T>, Stop>,
    ) -> Result<Option<T>, Stop> {
        match look {
            Ok(told) => {
                self.answers();
                if told.is_some() {
                    return Ok(told);
                }
            }
            Err(Stop::Failed(error)) => match Remedy::of(error.code) {
                Remedy::Time => self.waits(EventCode::CloudDoesNotAnswer, *error),
                Remedy::Key => {
                    let account = &self.record.job.account_id;
                    self.engine.inner.clouds.remove(account);
                    self.wait_for_key(*error).await?;
                    return Ok(None);
                }
                Remedy::None => return Err(Stop::Failed(error)),
            },
            Err(stop) => return Err(stop),
        }
        tokio::select! {
            () = sleep(self.engine.inner.timings.poll) => Ok(None),
            () = self.detach.cancelled() => Err(Stop::Detached),
        }
    }

    /// The cloud answered, so the key is good.
    pub(super) fn answers(&mut self) {
        self.refusals = 0;
        if let Some(Trouble { error, .. }) = self.record.job.trouble.take() {
            let over = match Remedy::of(error.code) {
                Remedy::Key => EventCode::KeyIsBack,
                _ => EventCode::CloudAnswersAgain,
            };
            self.event(over, FactMap::new());
        }
    }

    /// Tells, once for each kind of trouble, that the job cannot go on, and since when.
    pub(super) fn waits(&mut self, code: EventCode, error: EdgeError) {
        match &mut self.record.job.trouble {
            Some(trouble) if Remedy::of(trouble.error.code) == Remedy::of(error.code) => {
                trouble.error = error;
            }
            trouble => {
                let since = self.engine.now();
                let told = cause(&error);
                *trouble = Some(Trouble { since, error });
                self.event(code, told);
            }
        }
    }

    pub(super) fn is_ssl(&self) -> bool {
        matches!(
            self.record.job.action,
            Action::EnableSsl { .. }
                | Action::DisableSsl { .. }
                | Action::SetEncryptionMode { .. }
                | Action::UpdateCertificate { .. }
        )
    }
}

/// An error as the facts of an event.
pub(super) fn cause(error: &EdgeError) -> FactMap {
    let mut facts = refusal(error);
    facts.insert("message".to_owned(), json!(error.message));
    facts
}

/// The code of an error, and the permission that is missing if that is why.
pub(super) fn refusal(error: &EdgeError) -> FactMap {
    let mut facts = facts([("code", json!(error.code))]);
    if let Some(action) = error.details.get("cam_action") {
        facts.insert("cam_action".to_owned(), action.clone());
    }
    facts
}

/// The operating system asks for a password with each try.
const fn asks_the_user(code: Code) -> bool {
    matches!(code, Code::KeychainLocked | Code::KeychainNoCollection)
}

/// What helps a job that only watches against an error.
#[derive(Debug, PartialEq, Eq)]
enum Remedy {
    /// To ask again later.
    Time,
    /// Another key.
    Key,
    None,
}

impl Remedy {
    const fn of(code: Code) -> Self {
        match code {
            Code::CredentialsMissing
            | Code::CredentialsRejected
            | Code::TokenExpired
            | Code::PermissionDenied => Self::Key,
            // That the state may not be read now says nothing about a change that was accepted.
            Code::Unsupported
            | Code::NotAvailableYet
            | Code::PreconditionFailed
            | Code::ClockSkewed
            | Code::Throttled
            | Code::InstanceBusy
            | Code::ServiceFailed
            | Code::BadAnswer
            | Code::NetworkUnreachable
            | Code::ProxyRefused
            | Code::ProxyLogin
            | Code::CertificateUntrusted
            | Code::ConnectionInspected
            | Code::Timeout => Self::Time,
            _ => Self::None,
        }
    }
}
