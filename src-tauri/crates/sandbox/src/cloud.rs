//! The state of the whole sandbox: fleet, tasks, orders, links, counts.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{Timestamp, tz};
use tokio::sync::Notify;

use crate::{
    authority::{Authority, Identity, MinVersion},
    clock::{Clock, wall},
    credentials::Credentials,
    data::Policy,
    fault::Kind,
    faults::Faults,
    fleet::{Issuer, RegionData, current_proxy},
    instance::{Instance, Ssl, kernel, status},
    ledger::{Ledger, TaskRecord},
    limits::Limits,
    links::Links,
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

/// What changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) instances: Vec<Instance>,
    by_id: HashMap<String, usize>,
    pub(crate) tasks: BTreeMap<u64, Task>,
    pub(crate) orders: BTreeMap<String, Order>,
    pub(crate) ledger: Ledger,
    pub(crate) limits: Limits,
    pub(crate) links: Links,
    next_task: u64,
}

/// An order, which is how the vendor tracks a version upgrade.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) task: u64,
    pub(crate) instance: usize,
    pub(crate) created: Timestamp,
}

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
        let outcome = self
            .faults
            .take(|kind| match kind {
                Kind::TaskFail(only) if *only == id => Some(Outcome::Fail),
                Kind::TaskStall(only) if *only == id => Some(Outcome::Stall),
                _ => None,
            })
            .unwrap_or(Outcome::Succeed);
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
        let number = state.next_task;
        state.next_task += 1;
        state.tasks.insert(
            number,
            Task {
                id: number,
                instance,
                listed: true,
                outcome,
                begins,
                ends,
                settles: ends + lag,
                started_at: wall(),
                ended_at: None,
                settled: false,
                before: state.instances[instance].ssl.clone(),
                work,
            },
        );
        number
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
            .tasks
            .values()
            .filter(|task| !task.settled && task.outcome != Outcome::Stall && task.ends <= now)
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
            }
        }
    }

    fn apply(&self, instance: &mut Instance, work: Work) {
        let mut restarted = true;
        match work {
            Work::OpenSsl { address_type } => {
                restarted = false;
                let address = instance.bound_address(address_type);
                instance.ssl = self.issue(instance, address_type, address, MinVersion::default());
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
            } => {
                restarted = false;
                if let Some(now) = instance.ssl.clone() {
                    let (address_type, address) = match address_type {
                        Some(wanted) => (wanted, instance.bound_address(wanted)),
                        None => (now.address_type, now.address),
                    };
                    let oldest = oldest.unwrap_or(now.identity.oldest());
                    let new = self.issue(instance, address_type, address, oldest);
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

    /// A new certificate of the region's authority; connections without TLS are served too.
    fn issue(
        &self,
        instance: &Instance,
        address_type: i64,
        address: String,
        oldest: MinVersion,
    ) -> Option<Ssl> {
        let issuer = (instance.region.region.clone(), Issuer::Region);
        let authority = self.authorities.get(&issuer)?.clone();
        let subject = instance.subject(&address, wall());
        Some(Ssl {
            address_type,
            address,
            identity: Arc::new(Identity::new(authority, subject, oldest)),
            required: false,
        })
    }
}

impl State {
    pub(crate) fn new(instances: Vec<Instance>, links: Links, first_task: u64) -> Self {
        let by_id = instances
            .iter()
            .enumerate()
            .map(|(index, instance)| (instance.id().to_owned(), index))
            .collect();
        Self {
            instances,
            by_id,
            tasks: BTreeMap::new(),
            orders: BTreeMap::new(),
            ledger: Ledger::default(),
            limits: Limits::default(),
            links,
            next_task: first_task,
        }
    }

    pub(crate) fn index(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Status as the API shows it, tasks included.
    pub(crate) fn status(&self, index: usize, now: Duration) -> i64 {
        let status = self.instances[index].status;
        let busy = self
            .tasks
            .values()
            .any(|task| task.instance == index && task.holds(now));
        if status == status::RUNNING && busy {
            status::BUSY
        } else {
            status
        }
    }

    /// The SSL task that `DescribeSSLStatus` reports as under way.
    pub(crate) fn ssl_task(&self, index: usize, now: Duration) -> Option<&Task> {
        self.tasks
            .values()
            .find(|task| task.instance == index && task.work.is_ssl() && task.holds(now))
    }

    /// The ledger with the parts that are counted elsewhere.
    pub(crate) fn ledger(&self, now: Duration) -> Ledger {
        let mut ledger = self.ledger.clone();
        ledger.tasks = self
            .tasks
            .values()
            .map(|task| TaskRecord {
                task_id: task.id,
                instance_id: self.instances[task.instance].id().to_owned(),
                task_type: task.work.code().to_owned(),
                status: task.phase(now).word().to_owned(),
            })
            .collect();
        for instance in &self.instances {
            if let Some(endpoint) = &instance.endpoint {
                let connections = endpoint.connections();
                if connections != Default::default() {
                    ledger
                        .connections
                        .insert(instance.id().to_owned(), connections);
                }
            }
        }
        ledger
    }

    fn next_due(&self, now: Duration) -> Option<Duration> {
        self.tasks
            .values()
            .filter(|task| !task.settled && task.outcome != Outcome::Stall)
            .map(|task| {
                if task.ended_at.is_some() {
                    task.settles
                } else {
                    task.ends
                }
            })
            .min()
            .map(|due| due.saturating_sub(now))
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
