//! The whole sandbox: its state, and how time changes it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::tz;
use tokio::sync::Notify;

use crate::{
    authority::{Authority, Identity, MinVersion},
    clock::{Clock, wall},
    credentials::Credentials,
    data::Policy,
    fault::TaskFault,
    faults::Faults,
    fleet::{Issuer, RegionData, current_proxy},
    instance::{Instance, Ssl, kernel, status},
    state::State,
    task::{Outcome, Task, Work},
};

/// Everything that the two planes share.
#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) credentials: Credentials,
    pub(crate) regions: Vec<Arc<RegionData>>,
    pub(crate) authorities: Authorities,
    /// `http://ADDRESS` of the control plane.
    pub(crate) base: String,
    state: Mutex<State>,
    /// Something is due at another time than before.
    stirred: Notify,
}

/// The authorities of every region.
pub(crate) type Authorities = HashMap<(String, Issuer), Arc<Authority>>;

impl Cloud {
    pub(crate) fn new(
        clock: Clock,
        faults: Faults,
        credentials: Credentials,
        regions: Vec<Arc<RegionData>>,
        authorities: Authorities,
        base: String,
        state: State,
    ) -> Self {
        Self {
            clock,
            faults,
            credentials,
            regions,
            authorities,
            base,
            state: Mutex::new(state),
            stirred: Notify::new(),
        }
    }

    /// Runs `act` on the state as it is at the given simulated time, which is now.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State, Duration) -> T) -> T {
        let result = self.with_settled(act);
        self.stirred.notify_one();
        result
    }

    fn with_settled<T>(&self, act: impl FnOnce(&mut State, Duration) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        self.settle(&mut state, now);
        act(&mut state, now)
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.with(|_, _| ());
    }

    /// Ends tasks when they are due, so that connections are cut though nobody asks.
    pub(crate) async fn keep_time(&self) {
        loop {
            let next = self.with_settled(|state, now| state.next_due(now));
            let wait = next.and_then(|next| self.clock.real(next));
            match wait {
                Some(wait) => {
                    let wait = wait + Duration::from_millis(1);
                    let _ = tokio::time::timeout(wait, self.stirred.notified()).await;
                }
                None => self.stirred.notified().await,
            }
        }
    }

    /// Starts `work` on an instance, `delay` from now.
    pub(crate) fn start_task(
        &self,
        state: &mut State,
        instance: usize,
        work: Work,
        delay: Duration,
    ) -> u64 {
        let id = state.instances[instance].id().to_owned();
        let outcome = match self.faults.task(&id, &[TaskFault::Fail, TaskFault::Stall]) {
            None => Outcome::Succeed,
            Some(TaskFault::Stall) => Outcome::Stall,
            Some(_) => Outcome::Fail,
        };
        let lost = self.faults.task(&id, &[TaskFault::Lost]).is_some();
        let begins = self.clock.now() + delay;
        let duration = match outcome {
            Outcome::Fail => work.duration() / 2,
            Outcome::Succeed | Outcome::Stall => work.duration(),
        };
        let ends = begins + duration;
        let lag = match outcome {
            Outcome::Succeed => work.lag(),
            Outcome::Fail | Outcome::Stall => Duration::ZERO,
        };
        let id = state.next_task;
        state.begin(Task {
            id,
            instance,
            listed: !lost,
            outcome,
            begins,
            ends,
            settles: ends + lag,
            started_at: wall(),
            ended_at: None,
            settled: false,
            before: state.instances[instance].ssl.clone(),
            versions: state.instances[instance].versions(),
            work,
        });
        id
    }

    /// Simulated time until an instance's maintenance window opens.
    pub(crate) fn until_window(&self, instance: &Instance) -> Duration {
        let now = tz::offset(8).to_datetime(self.clock.simulated_wall());
        let minutes = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            Some(hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?)
        };
        let opens = minutes(&instance.window.0).unwrap_or(0);
        let passed = i64::from(now.hour()) * 60 + i64::from(now.minute());
        let wait = (opens - passed).rem_euclid(24 * 60);
        Duration::from_secs(u64::try_from(wait).unwrap_or(0) * 60)
    }

    fn settle(&self, state: &mut State, now: Duration) {
        let due: Vec<u64> = state
            .open()
            .filter(|task| task.outcome != Outcome::Stall && task.ends <= now)
            .map(|task| task.id)
            .collect();
        for id in due {
            let Some(task) = state.tasks.get_mut(&id) else {
                continue;
            };
            if task.ended_at.is_none() {
                task.ended_at = Some(wall());
                if task.outcome == Outcome::Succeed {
                    let (index, work) = (task.instance, task.work.clone());
                    self.apply(&mut state.instances[index], work);
                }
            }
            if let Some(task) = state.tasks.get_mut(&id) {
                task.settled = task.settles <= now;
                if task.settled {
                    state.close(id);
                }
            }
        }
    }

    fn apply(&self, instance: &mut Instance, work: Work) {
        let mut restarted = true;
        match work {
            Work::OpenSsl { address_type } => {
                restarted = false;
                let address = instance.bound_address(address_type);
                let oldest = MinVersion::default();
                instance.ssl = self.issue(instance, address_type, address, oldest, Issuer::Region);
            }
            Work::CloseSsl => {
                restarted = false;
                instance.ssl = None;
            }
            Work::EncryptionMode { required } => {
                restarted = false;
                if let Some(ssl) = &mut instance.ssl {
                    ssl.required = required;
                }
            }
            Work::UpdateCert {
                address_type,
                oldest,
                required,
                issuer,
            } => {
                restarted = false;
                if let Some(now) = instance.ssl.clone() {
                    let (address_type, address) = match address_type {
                        Some(wanted) => (wanted, instance.bound_address(wanted)),
                        None => (now.address_type, now.address),
                    };
                    let oldest = oldest.unwrap_or(now.identity.oldest());
                    let new = self.issue(instance, address_type, address, oldest, issuer);
                    instance.ssl = new.map(|new| Ssl {
                        required: required.unwrap_or(now.required),
                        ..new
                    });
                }
            }
            Work::UpgradeProxy => {
                instance.proxy = std::mem::take(&mut instance.proxy_offer);
            }
            Work::UpgradeKernel => {
                instance.redis = std::mem::take(&mut instance.redis_offer);
            }
            Work::UpgradeVersion { kind } => {
                instance.kind = kind;
                instance.redis = kernel(kind);
                instance.redis_offer.clear();
                instance.proxy = current_proxy();
                instance.proxy_offer.clear();
            }
            Work::Password(password) => {
                restarted = false;
                instance.no_auth = password.is_none();
                if let Some(password) = password {
                    instance.password = password.into();
                }
            }
            Work::Other { .. } => restarted = false,
        }
        instance.publish(restarted);
    }

    /// A new certificate; connections without TLS are served too.
    fn issue(
        &self,
        instance: &Instance,
        address_type: i64,
        address: String,
        oldest: MinVersion,
        issuer: Issuer,
    ) -> Option<Ssl> {
        let authority = (instance.region.region.clone(), issuer);
        let authority = self.authorities.get(&authority)?.clone();
        let subject = instance.subject(&address, wall());
        Some(Ssl {
            address_type,
            address,
            identity: Arc::new(Identity::new(authority, subject, oldest)),
            required: false,
            archive: issuer,
        })
    }
}

impl Instance {
    /// Tells the data plane what holds from now on.
    pub(crate) fn publish(&self, restarted: bool) {
        if let Some(endpoint) = &self.endpoint {
            endpoint.publish(
                Policy {
                    open: !matches!(self.status, status::ISOLATED | status::TO_BE_DELETED | 0),
                    tls: self.ssl.as_ref().map(|ssl| ssl.identity.clone()),
                    tls_only: self.ssl.as_ref().is_some_and(|ssl| ssl.required),
                    password: (!self.no_auth).then(|| self.password.clone()),
                    account: self.data.id.as_str().into(),
                    redis: self.redis.as_str().into(),
                    restarts: 0,
                },
                restarted,
            );
        }
    }
}
