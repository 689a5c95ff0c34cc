//! A running sandbox: everything bound, wired and served.

use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use jiff::SignedDuration;
use rand::{SeedableRng, rngs::StdRng};
use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    Error, Fault, IssueError, Ledger, Options, Ready, TemporaryKey,
    authority::{Authority, Identity, KeyKind, MinVersion, twenty_years_after, years_after},
    clock::{Clock, wall},
    cloud::{Authorities, Cloud},
    control::{Incoming, Wire, router},
    credentials::Credentials,
    data::{self, Backend, Endpoint, Ports},
    faults::Faults,
    fleet::{Fleet, InstanceData, Issuer, RegionData, SslData, token},
    instance::{Instance, Ssl, address_type, kernel, morning},
    limits::Limits,
    links::Links,
    state::State,
    task::Work,
};

/// Most instances that get a port of their own: a process may open about a thousand files.
const PORTS: usize = 400;

/// A running sandbox; dropping it stops everything it started.
pub struct Sandbox {
    ready: Ready,
    cloud: Arc<Cloud>,
    _stop: DropGuard,
    _folder: TempDir,
}

impl Sandbox {
    /// Binds the control plane and every instance's port and serves them on the current runtime.
    ///
    /// # Errors
    /// [`Error`] when an option does not hold or an address cannot be bound.
    pub async fn start(options: Options) -> Result<Self, Error> {
        check(&options)?;
        let folder = tempfile::tempdir().map_err(|source| Error::Write {
            path: PathBuf::from("a temporary folder"),
            source,
        })?;
        let mut random = StdRng::seed_from_u64(options.seed);
        let credentials = Credentials::new(&mut random);
        let redis_password = format!("Sandbox-{}", token(&mut random, 12));
        let other_password = format!("Changed-{}", token(&mut random, 12));
        let fleet = Fleet::new(options.fleet, &mut random)?;
        let regions: Vec<_> = fleet.regions.into_iter().map(Arc::new).collect();
        let authorities = authorities(&regions, options.seed);

        let (listener, address) = bind(options.listen).await?;
        let stop = CancellationToken::new();
        let mut instances = Vec::new();
        for data in fleet.instances {
            let Some(region) = regions.iter().find(|region| region.region == data.region) else {
                continue;
            };
            let password = match data.own_password {
                true => other_password.as_str(),
                false => redis_password.as_str(),
            };
            let endpoint = match instances.len() < PORTS {
                true => Some(open_port(&data, &options, &folder, &stop).await?),
                false => None,
            };
            instances.push(instance(data, region, password, endpoint, &authorities));
        }
        let base = format!("http://{address}");
        let links = Links::new(StdRng::seed_from_u64(options.seed.wrapping_add(1)));
        let cloud = Arc::new(Cloud::new(
            Clock::new(options.speed),
            Faults::new(options.faults.clone()),
            credentials,
            regions,
            authorities,
            base.clone(),
            State::new(instances, links, Limits::new(options.rate)),
        ));
        start_fleet(&cloud);

        let mut ready = ready(&cloud, base, redis_password);
        if options.https {
            let (listener, address) = bind(SocketAddr::new(options.listen.ip(), 0)).await?;
            let (tls, pem) = api_tls(address, options.seed)?;
            let folder = options.folder.as_deref().unwrap_or(folder.path());
            let ca_file = folder.join("rediseal-sandbox-ca.pem");
            std::fs::write(&ca_file, pem).map_err(|source| Error::Write {
                path: ca_file.clone(),
                source,
            })?;
            ready.https_endpoint = Some(format!("https://{address}"));
            ready.ca_file = Some(ca_file);
            spawn_control(&cloud, listener, address, Some(tls), &stop);
        }
        spawn_control(&cloud, listener, address, None, &stop);
        spawn_until(&stop, {
            let cloud = cloud.clone();
            async move { cloud.keep_time().await }
        });
        Ok(Self {
            ready,
            cloud,
            _stop: stop.drop_guard(),
            _folder: folder,
        })
    }

    /// Where it is and how to sign in.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Moves simulated time on; what becomes due by it has happened when this returns.
    pub fn advance(&self, by: Duration) {
        self.cloud.advance(by);
    }

    /// Sets one more fault.
    pub fn add_fault(&self, fault: Fault) {
        self.cloud.faults.add(fault);
    }

    /// Clears every fault and lets held answers go.
    pub fn clear_faults(&self) {
        self.cloud.faults.clear();
    }

    /// What was asked so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.cloud.with(|state, now| state.ledger(now))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A held answer would keep its connection.
        self.clear_faults();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("ready", &self.ready)
            .finish_non_exhaustive()
    }
}

fn check(options: &Options) -> Result<(), Error> {
    if !options.listen.ip().is_loopback() {
        return Err(Error::NotLoopback(options.listen));
    }
    if !(0.0..=1_000_000.0).contains(&options.speed) {
        return Err(Error::Speed(options.speed));
    }
    match &options.redis_server {
        Some(program) if !program.is_file() => Err(Error::RedisServer(program.clone())),
        _ => Ok(()),
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Each region's CA, for the instances that are wrong by their issuer two more, and that of the account's own
/// certificate.
fn authorities(regions: &[Arc<RegionData>], seed: u64) -> Authorities {
    // Two years ago, so that certificates of the past have an issuer of their time.
    let since = years_after(wall(), -2);
    let mut authorities = Authorities::new();
    for region in regions {
        for (issuer, name) in [
            (Issuer::Region, "TencentDB for Redis CA"),
            (Issuer::Renewed, "TencentDB for Redis CA"),
            (Issuer::Another, "Another CA"),
            (Issuer::Own, "Company CA"),
        ] {
            let name = format!("{name} ({})", region.region);
            authorities.insert(
                (region.region.clone(), issuer),
                Arc::new(Authority::new(name, region.key, since, seed)),
            );
        }
    }
    authorities
}

async fn open_port(
    data: &InstanceData,
    options: &Options,
    folder: &TempDir,
    stop: &CancellationToken,
) -> Result<Arc<Endpoint>, Error> {
    let failed = |source| Error::Listen {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        source,
    };
    let ports = Ports::bind(data.public).await.map_err(failed)?;
    let endpoint = Arc::new(Endpoint::new(ports.address().map_err(failed)?));
    let backend = options.redis_server.as_ref().map(|program| {
        let socket = folder.path().join(format!("{}.sock", data.id));
        Arc::new(Backend::new(program.clone(), socket))
    });
    tokio::spawn(data::serve(ports, endpoint.clone(), backend, stop.clone()));
    Ok(endpoint)
}

fn instance(
    data: InstanceData,
    region: &Arc<RegionData>,
    password: &str,
    endpoint: Option<Arc<Endpoint>>,
    authorities: &Authorities,
) -> Instance {
    let mut instance = Instance {
        kind: data.kind,
        status: data.status,
        proxy: data.proxy.clone(),
        proxy_offer: data.proxy_offer.clone(),
        redis: data.redis.clone().unwrap_or_else(|| kernel(data.kind)),
        redis_offer: data.redis_offer.clone(),
        no_auth: data.no_auth,
        password: password.into(),
        window: ("03:00".to_owned(), "06:00".to_owned()),
        ssl: None,
        endpoint,
        region: region.clone(),
        data,
    };
    instance.ssl = instance
        .data
        .ssl
        .as_ref()
        .and_then(|ssl| ssl_state(&instance, ssl, authorities));
    instance
}

fn ssl_state(instance: &Instance, ssl: &SslData, authorities: &Authorities) -> Option<Ssl> {
    let (address_type, address) = match ssl.names.as_deref() {
        None => (address_type::UNSPECIFIED, String::new()),
        Some("public") => (
            address_type::PUBLIC,
            instance.bound_address(address_type::PUBLIC),
        ),
        Some("private") => (address_type::PRIVATE_IPV4, instance.address()),
        Some(another) => (address_type::PRIVATE_IPV4, another.to_owned()),
    };
    // A clock that is behind the fleet's dates must not make certificates of the future.
    let since = morning(ssl.since).min(wall() - SignedDuration::from_hours(24));
    let mut subject = instance.subject(&address, since);
    subject.not_after = match ssl.ends_in_days {
        None => twenty_years_after(since),
        Some(days) => wall() + SignedDuration::from_hours(24 * days),
    };
    let authority = authorities.get(&(instance.region.region.clone(), ssl.issuer))?;
    Some(Ssl {
        address_type,
        address,
        identity: Arc::new(Identity::new(
            authority.clone(),
            subject,
            MinVersion::default(),
        )),
        required: false,
        archive: Issuer::Region,
    })
}

/// Opens the ports and starts the tasks that run from the beginning.
fn start_fleet(cloud: &Cloud) {
    cloud.with(|state, _| {
        for index in 0..state.instances.len() {
            state.instances[index].publish(false);
            if let Some(task) = state.instances[index].data.task.clone() {
                let work = match task.action.as_str() {
                    "OpenSSL" => Work::OpenSsl {
                        address_type: address_type::UNSPECIFIED,
                    },
                    _ => Work::Other {
                        code: task.action,
                        seconds: task.seconds,
                    },
                };
                cloud.start_task(state, index, work, Duration::ZERO);
            }
        }
    });
}

fn ready(cloud: &Cloud, endpoint: String, redis_password: String) -> Ready {
    let Credentials {
        permanent,
        temporary,
        token,
    } = &cloud.credentials;
    Ready {
        endpoint,
        secret_id: permanent.id.clone(),
        secret_key: permanent.secret.expose_secret().to_owned(),
        regions: cloud
            .regions
            .iter()
            .map(|region| region.region.clone())
            .collect(),
        redis_password,
        temporary: TemporaryKey {
            secret_id: temporary.id.clone(),
            secret_key: temporary.secret.expose_secret().to_owned(),
            token: token.expose_secret().to_owned(),
        },
        https_endpoint: None,
        ca_file: None,
    }
}

/// The TLS listener's own CA, which has nothing to do with the instances'.
fn api_tls(address: SocketAddr, seed: u64) -> Result<(TlsAcceptor, String), Error> {
    let since = wall() - SignedDuration::from_hours(24);
    let name = "RediSeal Sandbox API CA".to_owned();
    let authority = Authority::new(name, KeyKind::Ecdsa, since, seed);
    let subject = crate::authority::Subject {
        common_name: address.ip().to_string(),
        names: vec![address.ip().to_string(), "localhost".to_owned()],
        not_before: since,
        not_after: twenty_years_after(since),
    };
    let pem = authority.ca().map_err(IssueError::from)?.pem.clone();
    let config = authority.server(&subject, MinVersion::default())?;
    Ok((TlsAcceptor::from(config), pem))
}

fn spawn_control(
    cloud: &Arc<Cloud>,
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    stop: &CancellationToken,
) {
    let incoming = Incoming::new(listener, address, tls, stop.clone());
    let service = router(cloud.clone()).into_make_service_with_connect_info::<Wire>();
    let stopped = stop.clone().cancelled_owned();
    spawn_until(stop, async move {
        let served = axum::serve(incoming, service).with_graceful_shutdown(stopped);
        if let Err(error) = served.await {
            tracing::error!(%error, "the sandbox's control plane ended");
        }
    });
}

fn spawn_until(stop: &CancellationToken, work: impl Future<Output = ()> + Send + 'static) {
    let stop = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = work => {}
        }
    });
}
