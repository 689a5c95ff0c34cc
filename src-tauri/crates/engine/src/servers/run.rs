//! A plan that is carried out on many hosts at once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use rediseal_certificate::{Certificate, Format};
use rediseal_probe::{Request, Route, SshHost, Trust};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::connect::{Means, Way};
use super::look::New;
use super::place::Place;
use super::problem::problem;
use super::write::{Undone, put};
use super::{TOGETHER, look_at};
use crate::accounts::Account;
use crate::audit::Note;
use crate::connection_test::address;
use crate::engine::Engine;
use crate::error::Error;
use crate::readiness::facts;
use crate::ssh_config::SshConfig;
use crate::view::{
    HostForm, HostPlan, HostRow, HostTest, PutCode, PutOutcome, PutPhase, PutRun, PutStep,
};

/// Plans of this process, and what came of those that are carried out.
#[derive(Default)]
pub(crate) struct Puts(Mutex<HashMap<String, Put>>);

struct Put {
    /// Gone once it is carried out, and with it the passwords.
    work: Option<Work>,
    expires: Timestamp,
    cancel: CancellationToken,
    run: Option<PutRun>,
}

/// What a plan takes.
pub(super) struct Work {
    pub(super) account: Option<Account>,
    pub(super) instance_id: Option<String>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) format: Format,
    pub(super) file: New,
    pub(super) place: Place,
    pub(super) hosts: Vec<Host>,
    /// That the user chose.
    pub(super) key: Option<PathBuf>,
    pub(super) test: bool,
    pub(super) expires: Timestamp,
}

/// A host, and what the plan says of it.
pub(super) struct Host {
    pub(super) form: HostForm,
    pub(super) plan: HostPlan,
}

impl Puts {
    pub(super) fn put(&self, id: &str, work: Work) {
        let mut puts = self.lock();
        let oldest = work.expires - SignedDuration::from_hours(1);
        let runs = |put: &Put| put.run.as_ref().is_some_and(|run| !run.ended);
        puts.retain(|_, put| runs(put) || put.expires > oldest);
        let put = Put {
            expires: work.expires,
            work: Some(work),
            cancel: CancellationToken::new(),
            run: None,
        };
        puts.insert(id.to_owned(), put);
    }

    /// None when it was begun before.
    fn begin(&self, id: &str, now: Timestamp) -> Result<Option<Begun>, Error> {
        let mut puts = self.lock();
        let over = |reason| Error::PlanExpired { reason };
        let put = puts.get_mut(id).ok_or_else(|| over("unknown"))?;
        if put.run.is_none() && now > put.expires {
            return Err(over("expired"));
        }
        let Some(work) = put.work.take() else {
            return Ok(None);
        };
        put.run = Some(PutRun {
            plan_id: id.to_owned(),
            ended: false,
            hosts: work.hosts.iter().map(Host::row).collect(),
        });
        Ok(Some((work, put.cancel.clone())))
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut PutRun)) -> Option<PutRun> {
        let mut puts = self.lock();
        let run = puts.get_mut(id)?.run.as_mut()?;
        change(run);
        Some(run.clone())
    }

    fn shown(&self, id: &str) -> Option<PutRun> {
        self.lock().get(id)?.run.clone()
    }

    fn cancel(&self, id: &str) {
        if let Some(put) = self.lock().get(id) {
            put.cancel.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Put>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Begun = (Work, CancellationToken);

impl Host {
    fn row(&self) -> HostRow {
        HostRow {
            host: self.plan.host.clone(),
            phase: PutPhase::Waiting,
            outcome: None,
            problem: None,
            path: None,
            sha256: None,
            backup: None,
            left: None,
            test: None,
        }
    }
}

impl Engine {
    /// Carries a plan out to its end, and tells of each host when it ends.
    ///
    /// # Errors
    ///
    /// [`Error::PlanExpired`] when the plan is over, or was carried out before. What a host does is
    /// in its row.
    pub async fn put(&self, plan_id: &str, ended: impl Fn(&HostRow)) -> Result<PutRun, Error> {
        let begun = self.inner.puts.begin(plan_id, self.now())?;
        let (work, cancel) = begun.ok_or(Error::PlanExpired { reason: "applied" })?;
        self.put_all(plan_id, &work, &cancel, ended).await;
        self.put_run(plan_id).ok_or(Error::Cancelled)
    }

    /// Begins to carry a plan out. The same plan again is the same run.
    ///
    /// # Errors
    ///
    /// [`Error::PlanExpired`] when the plan is over.
    pub async fn begin_put(&self, plan_id: &str) -> Result<PutRun, Error> {
        if let Some((work, cancel)) = self.inner.puts.begin(plan_id, self.now())? {
            let (engine, id) = (self.clone(), plan_id.to_owned());
            tokio::spawn(async move { engine.put_all(&id, &work, &cancel, |_| {}).await });
        }
        self.put_run(plan_id).ok_or(Error::Cancelled)
    }

    /// How a plan is carried out, or was; none when it was not begun.
    #[must_use]
    pub fn put_run(&self, plan_id: &str) -> Option<PutRun> {
        self.inner.puts.shown(plan_id)
    }

    /// Ends what goes on: where the file is not there yet, nothing is changed.
    pub fn cancel_put(&self, plan_id: &str) {
        self.inner.puts.cancel(plan_id);
    }

    async fn put_all(
        &self,
        id: &str,
        work: &Work,
        cancel: &CancellationToken,
        ended: impl Fn(&HostRow),
    ) {
        let config = SshConfig::read(self.environment()).await;
        let means = self.means(&config, work.key.as_deref());
        let mut running = futures::stream::iter(0..work.hosts.len())
            .map(|at| self.put_on(id, work, at, means, cancel))
            .buffer_unordered(TOGETHER);
        while let Some((at, row)) = running.next().await {
            self.note_put(work, &row);
            ended(&row);
            self.tell_put(id, |run| {
                if let Some(told) = run.hosts.get_mut(at) {
                    *told = row;
                }
            });
        }
        self.tell_put(id, |run| run.ended = true);
    }

    fn tell_put(&self, id: &str, change: impl FnOnce(&mut PutRun)) {
        if let Some(run) = self.inner.puts.change(id, change) {
            self.inner.changes.put(run);
        }
    }

    async fn put_on(
        &self,
        id: &str,
        work: &Work,
        at: usize,
        means: Means<'_>,
        cancel: &CancellationToken,
    ) -> (usize, HostRow) {
        let host = &work.hosts[at];
        let mut row = host.row();
        let phase = |phase: PutPhase| {
            self.tell_put(id, |run| {
                if let Some(row) = run.hosts.get_mut(at) {
                    row.phase = phase;
                }
            });
        };
        let session = match self
            .write_on(work, host, means, cancel, &mut row, phase)
            .await
        {
            Ok(session) => Some(session),
            Err(undone) => {
                row.outcome = Some(match undone.problem.code {
                    PutCode::Cancelled => PutOutcome::Cancelled,
                    _ => PutOutcome::Failed,
                });
                row.problem = Some(undone.problem);
                row.left = undone.left;
                row.backup = undone.backup;
                None
            }
        };
        if let (Some(session), true) = (session, work.test) {
            phase(PutPhase::Testing);
            row.test = tokio::select! {
                biased;
                () = cancel.cancelled() => None,
                test = self.test_from(work, session) => test,
            };
        }
        row.phase = PutPhase::Ended;
        (at, row)
    }

    async fn write_on(
        &self,
        work: &Work,
        host: &Host,
        means: Means<'_>,
        cancel: &CancellationToken,
        row: &mut HostRow,
        phase: impl Fn(PutPhase),
    ) -> Result<SshHost, Undone> {
        if let Some(problem) = &host.plan.problem {
            return Err(problem.clone().into());
        }
        phase(PutPhase::Connecting);
        let looking = async {
            let way = Way::to(&host.form.host, means.config, means.environment)?;
            let session = way.log_in(&host.form, means).await?;
            let (files, look) = look_at(&session, &work.place, &work.file).await?;
            Ok((session, files, look))
        };
        let (session, files, look) = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(problem(PutCode::Cancelled, [])),
            looked = looking => looked,
        }?;
        let planned = host.plan.seen.as_ref();
        if !planned.is_some_and(|planned| look.holds(planned)) {
            let path = ("path", json!(look.path));
            return Err(problem(PutCode::ChangedMeanwhile, [path]).into());
        }
        row.path = Some(look.path.clone());
        if look.step != PutStep::Same {
            phase(PutPhase::Writing);
        }
        let stamp = self.now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let done = put(&files, &look, &work.file, &stamp, cancel).await?;
        row.outcome = Some(done.outcome);
        row.backup = done.backup;
        row.sha256 = Some(work.file.sha256.clone());
        Ok(session)
    }

    /// Through the session that brought the file there.
    async fn test_from(&self, work: &Work, host: SshHost) -> Option<HostTest> {
        let (account, id) = (work.account.as_ref()?, work.instance_id.as_deref()?);
        let tested = async {
            let known = match self.inner.fleet.known(id) {
                Some(known) => known,
                None => self.read_instance(account, id).await?,
            };
            let trust = work.certificates.iter().map(|one| one.der().to_vec());
            let request = Request {
                route: Route::Over(host),
                timeout: self.inner.timings.test,
                cloud_clock_offset: self.clock_offset(account).await,
                ..Request::new(
                    address(&known)?,
                    Trust::Authorities(trust.collect()),
                    self.now(),
                )
            };
            Ok::<_, Error>(rediseal_probe::test(request, |_| {}).await?)
        };
        Some(match tested.await {
            Ok(report) => HostTest {
                verdict: Some(report.verdict),
                cause: report.cause,
                stage: report
                    .stages
                    .into_iter()
                    .find(|stage| report.cause.is_some() && stage.cause == report.cause)
                    .map(Box::new),
                elapsed_us: report.elapsed_us,
                error: None,
            },
            Err(error) => HostTest {
                verdict: None,
                cause: None,
                stage: None,
                elapsed_us: 0,
                error: Some(error.into()),
            },
        })
    }

    /// One entry for each host.
    fn note_put(&self, work: &Work, row: &HostRow) {
        let result = match row.outcome {
            Some(PutOutcome::Failed) | None => "failed",
            Some(PutOutcome::Cancelled) => "cancelled",
            Some(_) => "done",
        };
        let mut facts = facts([
            ("host", json!(row.host)),
            ("outcome", json!(row.outcome)),
            ("format", json!(work.format)),
            ("sha256", json!(work.file.sha256)),
        ]);
        let more = [
            ("path", row.path.as_ref()),
            ("backup", row.backup.as_ref()),
            ("left", row.left.as_ref()),
        ];
        for (name, value) in more {
            if let Some(value) = value {
                facts.insert(name.to_owned(), json!(value));
            }
        }
        if let Some(problem) = &row.problem {
            facts.insert("code".to_owned(), json!(problem.code));
        }
        if let Some(verdict) = row.test.as_ref().and_then(|test| test.verdict) {
            facts.insert("verdict".to_owned(), json!(verdict));
        }
        let noted = self.note(Note {
            action: "put_certificate",
            target: work.instance_id.clone().unwrap_or_default(),
            result,
            facts,
            ..work
                .account
                .as_ref()
                .map(|account| self.by(account))
                .unwrap_or_default()
        });
        if let Err(error) = noted {
            tracing::warn!(%error, "a file on a host is not in the audit log");
        }
    }
}
