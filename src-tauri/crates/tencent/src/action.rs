//! The actions this crate speaks, with what the documentation says about each.

/// A product of the vendor: its domain, its credential scope and its API version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Product {
    /// TencentDB for Redis.
    Redis,
    /// Which regions a product is sold in.
    Region,
    /// Who a key belongs to.
    Sts,
}

/// Whether an action changes something: a write is never sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// May be repeated.
    Read,
    /// Has no idempotency token: after an uncertain end the state is read, not the request sent
    /// again.
    Write,
}

/// One action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Action {
    /// Whose it is.
    pub product: Product,
    /// `X-TC-Action`, case-sensitive.
    pub name: &'static str,
    /// Read or write.
    pub effect: Effect,
    /// The documented rate limit, requests a second.
    pub per_second: u32,
}

impl Product {
    /// The name in the domain and in the credential scope.
    #[must_use]
    pub const fn service(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::Region => "region",
            Self::Sts => "sts",
        }
    }

    /// `X-TC-Version`.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::Redis => "2018-04-12",
            Self::Region => "2022-06-27",
            Self::Sts => "2018-08-13",
        }
    }
}

#[expect(missing_docs, reason = "each is the action of its name")]
impl Action {
    pub const DESCRIBE_INSTANCES: Self = Self {
        per_second: 35,
        ..read("DescribeInstances")
    };
    pub const DESCRIBE_SSL_STATUS: Self = read("DescribeSSLStatus");
    pub const OPEN_SSL: Self = write("OpenSSL");
    pub const CLOSE_SSL: Self = write("CloseSSL");
    pub const MODIFY_SSL_ENCRYPTION_MODE: Self = write("ModifySSLEncryptionMode");
    pub const UPDATE_SSL_CERT: Self = write("UpdateSSLCert");
    pub const DESCRIBE_TASK_INFO: Self = read("DescribeTaskInfo");
    pub const DESCRIBE_TASK_LIST: Self = read("DescribeTaskList");
    pub const UPGRADE_PROXY_VERSION: Self = write("UpgradeProxyVersion");
    pub const UPGRADE_SMALL_VERSION: Self = write("UpgradeSmallVersion");
    pub const UPGRADE_INSTANCE_VERSION: Self = write("UpgradeInstanceVersion");
    pub const DESCRIBE_INSTANCE_DEAL_DETAIL: Self = read("DescribeInstanceDealDetail");
    pub const RESET_PASSWORD: Self = write("ResetPassword");
    pub const DESCRIBE_MAINTENANCE_WINDOW: Self = read("DescribeMaintenanceWindow");
    pub const DESCRIBE_REGIONS: Self = Self {
        product: Product::Region,
        per_second: 50,
        ..read("DescribeRegions")
    };
    pub const GET_CALLER_IDENTITY: Self = Self {
        product: Product::Sts,
        ..read("GetCallerIdentity")
    };

    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::DESCRIBE_INSTANCES,
        Self::DESCRIBE_SSL_STATUS,
        Self::OPEN_SSL,
        Self::CLOSE_SSL,
        Self::MODIFY_SSL_ENCRYPTION_MODE,
        Self::UPDATE_SSL_CERT,
        Self::DESCRIBE_TASK_INFO,
        Self::DESCRIBE_TASK_LIST,
        Self::UPGRADE_PROXY_VERSION,
        Self::UPGRADE_SMALL_VERSION,
        Self::UPGRADE_INSTANCE_VERSION,
        Self::DESCRIBE_INSTANCE_DEAL_DETAIL,
        Self::RESET_PASSWORD,
        Self::DESCRIBE_MAINTENANCE_WINDOW,
        Self::DESCRIBE_REGIONS,
        Self::GET_CALLER_IDENTITY,
    ];
}

impl Action {
    /// The action of this name on the wire.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name == name)
    }

    /// Its name in a CAM policy, such as `redis:OpenSSL`.
    #[must_use]
    pub fn cam_name(self) -> String {
        format!("{}:{}", self.product.service(), self.name)
    }
}

const fn read(name: &'static str) -> Action {
    Action {
        product: Product::Redis,
        name,
        effect: Effect::Read,
        per_second: 20,
    }
}

const fn write(name: &'static str) -> Action {
    Action {
        effect: Effect::Write,
        ..read(name)
    }
}
