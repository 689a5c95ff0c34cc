//! The stages after DNS, for one address.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures::future::maybe_done;
use tokio::time::Instant;

use crate::breakage::{self, Broken, Meaning};
use crate::cause::Cause;
use crate::chain;
use crate::handshake::Handshake;
use crate::links::Links;
use crate::name;
use crate::plaintext::{self, Answer};
use crate::plan::Plan;
use crate::recorder::Presented;
use crate::redis::{self, Talk};
use crate::report::{AddressReport, Link, Stage, StageId, Status, Verdict};
use crate::route::{Peer, Route, Start};
use crate::session::End;
use crate::stage::{Finding, Running, Stopwatch};
use crate::verdict;

/// How long to wait for an answer without TLS when TLS works: an open port answers at once.
const PLAINTEXT_WAIT: Duration = Duration::from_secs(1);

/// What came of one address.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) report: AddressReport,
    /// None when it was not reached.
    pub(crate) peer: Option<Peer>,
    pub(crate) chain: Vec<Link>,
    pub(crate) protocol: Option<String>,
    pub(crate) cipher: Option<String>,
    pub(crate) group: Option<String>,
}

impl Attempt {
    pub(crate) async fn run(
        plan: &Plan,
        start: &Start,
        watch: Stopwatch,
        progress: &(dyn Fn(&Stage) + Send + Sync),
    ) -> Self {
        let mut stages = Stages::new(plan, progress);
        let arrived = start.arrive(watch, |stage| stages.push(stage)).await;
        let Some((peer, stream)) = arrived else {
            return Self::of(start.to_string(), stages, None, Vec::new());
        };

        let running = watch.stage(StageId::Tls);
        // On a connection of its own, so that the server has both to work at.
        let mut asked = pin!(maybe_done(plaintext::asked(peer.clone())));
        let handshake = Handshake::perform(plan, stream, &peer, watch.deadline(60));
        let mut handshake = match beside(handshake, asked.as_mut()).await {
            Ok(handshake) => handshake,
            Err(error) => {
                let broken = Broken::Ended(End::Tls(error));
                stages.push(running.end(broken.finding()));
                return Self::of(start.to_string(), stages, None, Vec::new());
            }
        };
        let stage = tls(&handshake, running, &peer, watch).await;
        if stage.cause == Some(Cause::TcpReset) {
            let last = stages.last();
            stages.amend(last, |before| {
                before.status = stage.status;
                before.cause = stage.cause;
            });
            return Self::of(start.to_string(), stages, None, Vec::new());
        }
        stages.push(stage);

        let recorder = Arc::clone(&handshake.recorder);
        let Some(presented) = recorder.presented() else {
            return Self::of(start.to_string(), stages, Some(&handshake), Vec::new()).over(peer);
        };
        if handshake.end.is_err() {
            let links = certificate(plan, presented, watch, &mut stages);
            let chain = links.check();
            return Self::of(start.to_string(), stages, Some(&handshake), chain).over(peer);
        }

        // Without a password nothing has to be known but that the name does not fail: the
        // certificates can be read while the server answers.
        let named = plan.auth.is_none() && presented.names(&plan.name);
        let read = (!named).then(|| certificate(plan, presented, watch, &mut stages));
        let auth = plan.auth.as_ref().filter(|_| stages.password_may_go(plan));
        let name_holds = named || !stages.failed(StageId::Name);
        let running = watch.stage(StageId::Redis);
        // What comes after must not starve because a server that is no Redis stays silent.
        let until = watch.deadline(match plan.deep || plan.cost {
            true => 30,
            false => 100,
        });
        let (talk, answer, chain) = tokio::join!(
            async {
                match name_holds {
                    true => Some(redis::talk(&mut handshake.session, auth, until).await),
                    false => None,
                }
            },
            plaintext::answer(asked, until.min(Instant::now() + PLAINTEXT_WAIT)),
            // Last, so that the server works meanwhile.
            async {
                let links =
                    read.unwrap_or_else(|| certificate(plan, presented, watch, &mut stages));
                links.check()
            },
        );
        if let Some(talk) = talk {
            stages.redis(running, talk, recorder.client_certificate_asked());
        }
        stages.plaintext(answer);
        Self::of(start.to_string(), stages, Some(&handshake), chain).over(peer)
    }

    /// No address to try.
    pub(crate) fn none(plan: &Plan) -> Self {
        let quiet = |_: &Stage| {};
        Self::of(String::new(), Stages::new(plan, &quiet), None, Vec::new())
    }

    fn over(mut self, peer: Peer) -> Self {
        self.peer = Some(peer);
        self
    }

    /// The server spoke TLS, or at least might: it did not answer in plaintext, nor was silent.
    pub(crate) fn found_tls(&self) -> bool {
        self.report.verdict != Verdict::Unreachable
            && !matches!(
                self.report.cause,
                Some(Cause::TlsPlaintextServer | Cause::TlsNotTls | Cause::TlsTimeout)
            )
    }

    pub(crate) fn accepts_plaintext(&self) -> bool {
        let mut stages = self.report.stages.iter();
        stages.any(|stage| stage.facts.get("plaintext_accepted") == Some(&true.into()))
    }

    pub(crate) fn passed(&self, id: StageId) -> bool {
        let mut stages = self.report.stages.iter();
        stages
            .any(|stage| stage.id == id && matches!(stage.status, Status::Passed | Status::Warning))
    }

    fn of(
        address: String,
        stages: Stages<'_>,
        handshake: Option<&Handshake>,
        chain: Vec<Link>,
    ) -> Self {
        let stages = stages.finish();
        Self {
            report: AddressReport {
                address,
                verdict: verdict::of(&stages),
                cause: verdict::cause(&stages),
                stages,
            },
            peer: None,
            chain,
            protocol: handshake.and_then(Handshake::protocol),
            cipher: handshake.and_then(Handshake::cipher),
            group: handshake.and_then(Handshake::group),
        }
    }
}

/// Does `other` as far as it goes until `main` is done.
async fn beside<T>(
    main: impl Future<Output = T>,
    mut other: Pin<&mut impl Future<Output = ()>>,
) -> T {
    let mut main = pin!(main);
    poll_fn(|context| {
        let done = main.as_mut().poll(context);
        let _ = other.as_mut().poll(context);
        done
    })
    .await
}

async fn tls(handshake: &Handshake, running: Running, peer: &Peer, watch: Stopwatch) -> Stage {
    let finding = match &handshake.end {
        Ok(()) => handshake.facts(Finding::passed()),
        Err(broken) => match handshake.meaning(broken) {
            Meaning::Failed(finding) => {
                let sni = handshake.sni.as_deref();
                breakage::with_what_is_accepted(finding, peer, sni, watch).await
            }
            Meaning::CertificateRefused => handshake
                .facts(Finding::passed())
                .with("ended", "certificate_refused"),
            Meaning::NoTls => {
                let first = handshake.session.received();
                breakage::without_tls(peer, first, broken, watch).await
            }
        },
    };
    running.end(finding)
}

/// The stages about the certificate, and the chain as links.
fn certificate<'a>(
    plan: &'a Plan,
    presented: &'a Presented,
    watch: Stopwatch,
    stages: &mut Stages<'_>,
) -> Links<'a> {
    let trusted = plan.authorities.certificates();
    let chain = &presented.chain;
    let running = watch.stage_from(StageId::Chain, presented.began);
    let (finding, links) = match &presented.verified {
        Ok(verified) => {
            let links = match trusted.get(verified.authority) {
                Some(authority) => Links::of_path(chain, authority, &verified.path),
                None => Links::read(chain, None),
            };
            (chain::hold(&links, plan.clock), links)
        }
        Err(refused) => {
            let (finding, position) =
                chain::diagnose(chain, refused, &plan.authorities, plan.clock);
            let finding = match plan.ca_of_instance {
                true => chain::of_instance(finding),
                false => finding,
            };
            let authority = position.and_then(|position| trusted.get(position));
            (finding, Links::read(chain, authority))
        }
    };
    stages.push(running.end_after(presented.took, finding));

    let running = watch.stage(StageId::Name);
    let holds = presented.verified.is_ok();
    let leaf = chain.first();
    let found = leaf.and_then(|leaf| name::check(leaf, links.leaf(), &plan.name, holds));
    if let Some(finding) = found {
        stages.push(running.end(finding));
    }
    links
}

/// The stages of one address as they come.
struct Stages<'a> {
    done: Vec<Stage>,
    through_hop: bool,
    progress: &'a (dyn Fn(&Stage) + Send + Sync),
}

impl<'a> Stages<'a> {
    fn new(plan: &Plan, progress: &'a (dyn Fn(&Stage) + Send + Sync)) -> Self {
        Self {
            done: Vec::new(),
            through_hop: !matches!(plan.route, Route::Direct),
            progress,
        }
    }

    fn push(&mut self, stage: Stage) {
        (self.progress)(&stage);
        self.done.push(stage);
    }

    /// The last that was told; the first there is, when none was.
    fn last(&self) -> StageId {
        self.done.last().map_or(StageId::Tcp, |stage| stage.id)
    }

    fn failed(&self, id: StageId) -> bool {
        self.status(id) == Some(Status::Failed)
    }

    fn status(&self, id: StageId) -> Option<Status> {
        let stage = self.done.iter().find(|stage| stage.id == id)?;
        Some(stage.status)
    }

    /// Only to a server that has proven who it is. A certificate without names proves it when
    /// nobody but this server has a certificate of that CA, which is not so in a public store.
    fn password_may_go(&self, plan: &Plan) -> bool {
        match self.status(StageId::Name) {
            Some(Status::Passed) => true,
            Some(Status::Warning) => !plan.authorities.of_system(),
            _ => false,
        }
    }

    /// In TLS 1.3 a server asks for a client certificate during the handshake and complains only
    /// after it: what looks like trouble with Redis belongs to TLS.
    fn redis(&mut self, running: Running, talk: Talk, client_certificate_asked: bool) {
        if talk.turned_away && client_certificate_asked {
            self.amend(StageId::Tls, |tls| {
                tls.status = Status::Failed;
                tls.cause = Some(Cause::TlsClientCertificateRequired);
                let alert = talk.finding.facts.get("alert").cloned();
                tls.facts
                    .insert("alert".to_owned(), alert.unwrap_or_default());
                tls.facts.insert("after".to_owned(), "Finished".into());
            });
        } else {
            self.push(running.end(talk.finding));
        }
    }

    fn plaintext(&mut self, answer: Answer) {
        self.amend(StageId::Tls, |tls| {
            let accepted = match answer {
                Answer::Redis { reply, serves } => {
                    tls.facts
                        .insert("plaintext_answer".to_owned(), reply.into());
                    Some(serves)
                }
                Answer::Silent | Answer::Unreachable => None,
                _ => Some(false),
            };
            tls.facts
                .insert("plaintext_accepted".to_owned(), accepted.into());
            if accepted == Some(true) && tls.status == Status::Passed {
                tls.status = Status::Warning;
                tls.cause = Some(Cause::PolicyPlaintextAccepted);
            }
        });
    }

    fn amend(&mut self, id: StageId, change: impl FnOnce(&mut Stage)) {
        if let Some(stage) = self.done.iter_mut().find(|stage| stage.id == id) {
            change(stage);
            (self.progress)(stage);
        }
    }

    /// With those that were not reached.
    fn finish(mut self) -> Vec<Stage> {
        let ended = self.done.last().map_or(0, |s| s.started_us + s.elapsed_us);
        let all = [
            StageId::Tcp,
            StageId::Hop,
            StageId::Tls,
            StageId::Chain,
            StageId::Name,
            StageId::Redis,
        ];
        for id in all {
            let belongs = id != StageId::Hop || self.through_hop;
            if belongs && self.status(id).is_none() {
                self.done.push(Stage::skipped(id, ended));
            }
        }
        self.done
    }
}
