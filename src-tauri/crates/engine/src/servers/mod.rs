//! Certificates put on servers over SFTP: a plan of what would be written where, and then that.
//!
//! `connect` reaches a host, `files` are its files, `look` says what is there and `write` changes
//! it, `run` does so on many hosts at once. A host that fails is a row, and the others go on.

mod connect;
mod files;
mod look;
mod place;
mod problem;
mod run;
mod write;

use std::collections::HashSet;
use std::path::Path;

use futures::StreamExt as _;
use jiff::SignedDuration;
use rediseal_certificate::{Certificate, Format};
use rediseal_probe::SshHost;
use tokio::time::timeout;
use uuid::Uuid;

use self::connect::{Means, Way, configured};
use self::files::{Files, Refused};
use self::look::{Look, New, hex};
use self::place::Place;
use self::problem::At as _;
pub use self::problem::PutText;
pub(crate) use self::run::Puts;
use self::run::{Host, Work};
use crate::engine::Engine;
use crate::error::Error;
use crate::ssh_config::SshConfig;
use crate::ssh_host::invalid;
use crate::view::{HostForm, HostPlan, HostProblem, PutFile, PutForm, PutPlan, PutStep, SshHosts};

/// Hosts of one plan.
const MOST: usize = 200;
/// Hosts that are spoken to at once.
const TOGETHER: usize = 8;
/// One look at a host that answers slowly, in which a file may be read.
const LOOKING: std::time::Duration = std::time::Duration::from_secs(60);

impl Engine {
    /// The hosts that `~/.ssh/config` names.
    pub async fn ssh_hosts(&self) -> SshHosts {
        let config = SshConfig::read(self.environment()).await;
        let names = config.hosts().into_iter();
        let hosts = names.map(|name| configured(name, &config, self.environment()));
        SshHosts {
            hosts: hosts.collect(),
            notes: config.notes.clone(),
        }
    }

    /// What putting an instance's certificates on hosts would do, from what is there now. Changes
    /// nothing, but for the keys of new hosts that the form accepts, which are kept. `key` is a
    /// private key that the user chose.
    ///
    /// # Errors
    ///
    /// When the form cannot be used, or the certificates cannot be had. What a host does is in its
    /// row.
    pub async fn plan_put(&self, form: PutForm, key: Option<&Path>) -> Result<PutPlan, Error> {
        let id = form.instance_id.as_deref();
        let id = id.ok_or_else(|| invalid("instance_id", &"there is none"))?;
        let certificates = self.trusted_certificates(id).await?;
        self.plan_put_of(form, &certificates, key).await
    }

    /// The same with other certificates than the instance's.
    ///
    /// # Errors
    ///
    /// As [`Engine::plan_put`].
    pub async fn plan_put_of(
        &self,
        form: PutForm,
        certificates: &[Certificate],
        key: Option<&Path>,
    ) -> Result<PutPlan, Error> {
        let place = Place::parse(&form.place)?;
        let mut seen = HashSet::new();
        let mut hosts = form.hosts.clone();
        hosts.retain(|host| seen.insert(host.host.trim().to_owned()));
        if hosts.is_empty() || hosts.len() > MOST {
            let problem = format!("{} are given, 1 to {MOST} can be", hosts.len());
            return Err(invalid("hosts", &problem));
        }
        let file = file(form.format, &form, certificates)?;
        let config = SshConfig::read(self.environment()).await;
        let means = self.means(&config, key);
        let (to, what) = (&place, &file);
        let looked = futures::stream::iter(hosts.clone())
            .map(async |host| plan_on(&host, to, what, means).await)
            .buffered(TOGETHER)
            .collect::<Vec<HostPlan>>()
            .await;
        let plan = PutPlan {
            id: Uuid::new_v4().to_string(),
            file: PutFile {
                format: form.format,
                size: file.bytes.len() as u64,
                sha256: file.sha256.clone(),
                certificates: certificates.iter().map(|one| one.facts().clone()).collect(),
            },
            place: form.place.clone(),
            hosts: looked.clone(),
            expires: self.now()
                + SignedDuration::try_from(self.inner.timings.plan)
                    .unwrap_or(SignedDuration::from_mins(5)),
        };
        let hosts = hosts.into_iter().zip(looked);
        let work = Work {
            account: self.inner.accounts.active().ok(),
            instance_id: form.instance_id,
            certificates: certificates.to_vec(),
            format: form.format,
            file,
            place,
            hosts: hosts.map(|(form, plan)| Host { form, plan }).collect(),
            key: key.map(Path::to_owned),
            test: form.test,
            expires: plan.expires,
        };
        self.inner.puts.put(&plan.id, work);
        Ok(plan)
    }

    fn means<'a>(&'a self, config: &'a SshConfig, key_file: Option<&'a Path>) -> Means<'a> {
        Means {
            config,
            environment: self.environment(),
            key_file,
            timeout: self.inner.timings.test,
        }
    }
}

/// What is written, which is one file.
fn file(format: Format, form: &PutForm, certificates: &[Certificate]) -> Result<New, Error> {
    let files = format.write(certificates, form.password.as_ref())?;
    let count = files.len();
    let [bytes] = <[Vec<u8>; 1]>::try_from(files).map_err(|_| {
        let problem = format!("it makes {count} files, and one can be put");
        invalid("format", &problem)
    })?;
    Ok(New {
        sha256: hex(&bytes),
        bytes,
        password: form.password.clone(),
    })
}

async fn plan_on(form: &HostForm, place: &Place, file: &New, means: Means<'_>) -> HostPlan {
    let mut plan = HostPlan {
        host: form.host.trim().to_owned(),
        address: None,
        jumps: Vec::new(),
        step: PutStep::Blocked,
        problem: None,
        host_key: None,
        host_key_added: false,
        login: None,
        seen: None,
    };
    if let Err(problem) = look_on(form, place, file, means, &mut plan).await {
        plan.problem = Some(problem);
    }
    plan
}

async fn look_on(
    form: &HostForm,
    place: &Place,
    file: &New,
    means: Means<'_>,
    plan: &mut HostPlan,
) -> Result<(), HostProblem> {
    let way = Way::to(&form.host, means.config, means.environment)?;
    plan.address = Some(way.address());
    plan.jumps = way.jumps();
    let host = way.log_in(form, means).await?;
    let fact = |name: &str| host.facts().get(name).cloned();
    let text = |name: &str| fact(name).and_then(|fact| fact.as_str().map(str::to_owned));
    plan.host_key = text("host_key_sha256");
    plan.host_key_added = fact("host_key_added").is_some();
    plan.login = text("login");
    let (_, look) = look_at(&host, place, file).await?;
    plan.step = look.step;
    plan.seen = Some(look.seen(file).await);
    Ok(())
}

async fn look_at(host: &SshHost, place: &Place, file: &New) -> Result<(Files, Look), HostProblem> {
    let looking = async {
        let files = Files::of(host).await?;
        let look = Look::at(&files, place, file).await?;
        Ok((files, look))
    };
    let looked = timeout(LOOKING, looking).await;
    looked.unwrap_or_else(|_| {
        let silent = Refused::Lost("it took too long".to_owned());
        Err(silent.at(&place.folder))
    })
}
