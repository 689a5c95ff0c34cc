//! The commands that a client needs to greet, sign in, look around and store a value.

use super::{Endpoint, Policy, reply::Reply};

/// The state of one connection.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    endpoint: &'a Endpoint,
    policy: &'a Policy,
    id: u64,
    protocol: u8,
    authenticated: bool,
}

/// What follows a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Continue,
    Close,
}

impl<'a> Session<'a> {
    pub(crate) fn new(endpoint: &'a Endpoint, policy: &'a Policy, id: u64) -> Self {
        Self {
            endpoint,
            policy,
            id,
            protocol: 2,
            authenticated: policy.password.is_none(),
        }
    }

    /// RESP2 until `HELLO 3`.
    pub(crate) fn protocol(&self) -> u8 {
        self.protocol
    }

    pub(crate) fn perform(&mut self, request: &[Vec<u8>]) -> (Reply, Then) {
        let name = String::from_utf8_lossy(&request[0]).to_ascii_lowercase();
        let arguments: Vec<&[u8]> = request[1..].iter().map(Vec::as_slice).collect();
        self.endpoint.update_client(self.id, |client| {
            client.command = name.chars().take(32).collect();
        });
        let reply = match name.as_str() {
            "quit" => return (Reply::Ok, Then::Close),
            "auth" => self.auth(&arguments),
            "hello" if self.speaks_resp3() => self.hello(&arguments),
            _ if !self.authenticated => Reply::error("NOAUTH Authentication required."),
            _ => self.command(&name, &arguments),
        };
        (reply, Then::Continue)
    }

    fn command(&self, name: &str, arguments: &[&[u8]]) -> Reply {
        match (name, arguments) {
            ("ping", []) => Reply::Status("PONG"),
            ("ping" | "echo", [text]) => Reply::Bulk(text.to_vec()),
            ("get", [key]) => match self.endpoint.value(key) {
                Some(value) => Reply::Bulk(value),
                None => Reply::Null,
            },
            ("set", [key, value]) => {
                if self.endpoint.set(key, value) {
                    Reply::Ok
                } else {
                    Reply::error("OOM command not allowed when used memory > 'maxmemory'.")
                }
            }
            ("set", [_, _, ..]) => Reply::error("ERR syntax error"),
            ("del", [_, ..]) => count(arguments, |key| self.endpoint.delete(key)),
            ("exists", [_, ..]) => count(arguments, |key| self.endpoint.value(key).is_some()),
            ("dbsize", []) => Reply::Integer(self.endpoint.size() as i64),
            ("select", [b"0"]) => Reply::Ok,
            ("select", [_]) => Reply::error("ERR DB index is out of range"),
            ("info", _) => Reply::text(self.info()),
            ("client", [subcommand, rest @ ..]) => self.client(subcommand, rest),
            ("command", _) => Reply::Array(Vec::new()),
            (
                "ping" | "echo" | "get" | "set" | "del" | "exists" | "dbsize" | "select" | "client",
                _,
            ) => Reply::error(format!(
                "ERR wrong number of arguments for '{name}' command"
            )),
            _ => {
                let name: String = name.chars().filter(|c| !c.is_control()).take(128).collect();
                Reply::error(format!("ERR unknown command '{name}'"))
            }
        }
    }

    /// `AUTH password`, `AUTH user password` from Redis 6 on, and the proxy's own forms with the
    /// account in front of the password: `account@password`, `instance:password`.
    fn auth(&mut self, arguments: &[&[u8]]) -> Reply {
        let Some(password) = self.endpoint.policy().password else {
            return Reply::error(
                "ERR AUTH <password> called without any password configured for the default \
                 user. Are you sure your configuration is correct?",
            );
        };
        let fits = match arguments {
            [given] => [
                password.to_string(),
                format!("default@{password}"),
                format!("{}:{password}", self.policy.account),
            ]
            .iter()
            .any(|expected| expected.as_bytes() == *given),
            [user, given] if self.speaks_resp3() => {
                let known = [b"default", self.policy.account.as_bytes()];
                known.contains(user) && *given == password.as_bytes()
            }
            _ => return Reply::error("ERR wrong number of arguments for 'auth' command"),
        };
        if fits {
            self.authenticated = true;
            Reply::Ok
        } else if self.speaks_resp3() {
            Reply::error("WRONGPASS invalid username-password pair or user is disabled.")
        } else {
            Reply::error("ERR invalid password")
        }
    }

    /// `HELLO [protocol [AUTH user password] [SETNAME name]]`
    fn hello(&mut self, arguments: &[&[u8]]) -> Reply {
        let mut protocol = self.protocol;
        let mut rest = arguments;
        if let [wanted, more @ ..] = rest {
            protocol = match *wanted {
                b"2" => 2,
                b"3" => 3,
                _ => return Reply::error("NOPROTO unsupported protocol version"),
            };
            rest = more;
        }
        while let [option, more @ ..] = rest {
            rest = match (option.to_ascii_lowercase().as_slice(), more) {
                (b"auth", [user, password, more @ ..]) => {
                    let reply = self.auth(&[user, password]);
                    if reply != Reply::Ok {
                        return reply;
                    }
                    more
                }
                (b"setname", [name, more @ ..]) => {
                    self.set_name(name);
                    more
                }
                _ => return Reply::error("ERR Syntax error in HELLO"),
            };
        }
        if !self.authenticated {
            return Reply::error(
                "NOAUTH HELLO must be called with the client already authenticated, otherwise \
                 the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the \
                 client and select the RESP protocol version at the same time",
            );
        }
        self.protocol = protocol;
        self.endpoint
            .update_client(self.id, |client| client.protocol = protocol);
        let pair = |key: &str, value| (Reply::text(key), value);
        Reply::Map(vec![
            pair("server", Reply::text("redis")),
            pair("version", Reply::text(&*self.policy.redis)),
            pair("proto", Reply::Integer(i64::from(protocol))),
            pair("id", Reply::Integer(self.id as i64)),
            pair("mode", Reply::text("standalone")),
            pair("role", Reply::text("master")),
            pair("modules", Reply::Array(Vec::new())),
        ])
    }

    fn client(&self, subcommand: &[u8], arguments: &[&[u8]]) -> Reply {
        match (subcommand.to_ascii_lowercase().as_slice(), arguments) {
            (b"id", []) => Reply::Integer(self.id as i64),
            (b"setname", [name]) => {
                self.set_name(name);
                Reply::Ok
            }
            (b"setinfo", [_, _]) => Reply::Ok,
            (b"getname", []) => {
                let name = self.endpoint.clients().remove(&self.id);
                Reply::text(name.map(|client| client.name).unwrap_or_default())
            }
            (b"list", _) => Reply::text(self.client_list()),
            _ => Reply::error(
                "ERR unknown subcommand or wrong number of arguments. Try CLIENT HELP.",
            ),
        }
    }

    fn client_list(&self) -> String {
        let mut lines = String::new();
        for (id, client) in self.endpoint.clients() {
            let age = client.since.elapsed().as_secs();
            lines += &format!(
                "id={id} addr={} laddr={} fd={} name={} age={age} idle=0 flags=N db=0 sub=0 \
                 psub=0 multi=-1 cmd={} user=default resp={}\n",
                client.peer,
                self.endpoint.address(),
                id + 7,
                client.name,
                client.command,
                client.protocol,
            );
        }
        lines
    }

    fn info(&self) -> String {
        format!(
            "# Server\r\nredis_version:{}\r\nredis_mode:standalone\r\nos:Linux\r\n\
             tcp_port:{}\r\n\r\n# Clients\r\nconnected_clients:{}\r\n\r\n\
             # Keyspace\r\ndb0:keys={},expires=0,avg_ttl=0\r\n",
            self.policy.redis,
            self.endpoint.address().port(),
            self.endpoint.connections().open,
            self.endpoint.size(),
        )
    }

    fn set_name(&self, name: &[u8]) {
        let name = String::from_utf8_lossy(name);
        self.endpoint.update_client(self.id, |client| {
            client.name = name
                .chars()
                .filter(|c| c.is_ascii_graphic())
                .take(64)
                .collect();
        });
    }

    /// `HELLO` and accounts came with Redis 6.
    fn speaks_resp3(&self) -> bool {
        let major = self.policy.redis.split('.').next();
        major.and_then(|major| major.parse::<u32>().ok()) >= Some(6)
    }
}

fn count(keys: &[&[u8]], holds: impl Fn(&[u8]) -> bool) -> Reply {
    Reply::Integer(keys.iter().filter(|key| holds(key)).count() as i64)
}
