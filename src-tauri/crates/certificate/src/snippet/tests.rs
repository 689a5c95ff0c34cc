#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::{Comments, Connection, Library, Login, NameCheck, Refused, Snippet, snippet};

const LOGINS: [Login<'static>; 3] = [Login::Default, Login::Account("app"), Login::User("app")];
const NAMES: [NameCheck; 2] = [NameCheck::Full, NameCheck::ChainOnly];

fn connection(name: NameCheck) -> Connection<'static> {
    Connection {
        host: "10.0.0.7",
        port: 6379,
        ca: "/etc/ssl/redis-ca.pem",
        login: Login::Default,
        password_variable: "REDIS_PASSWORD",
        name,
    }
}

fn written(library: Library, connection: &Connection<'_>) -> Snippet {
    snippet(library, connection, Comments::english()).unwrap()
}

/// Every program there is, in English.
fn all() -> impl Iterator<Item = (Library, Connection<'static>, Snippet)> {
    let libraries = Library::ALL.iter().copied();
    libraries.flat_map(|library| {
        NAMES.into_iter().flat_map(move |name| {
            ["10.0.0.7", "redis.example.com", "2001:db8::7"]
                .into_iter()
                .flat_map(move |host| {
                    LOGINS.into_iter().map(move |login| {
                        let connection = Connection {
                            host,
                            login,
                            ..connection(name)
                        };
                        (library, connection, written(library, &connection))
                    })
                })
        })
    })
}

#[test]
fn nothing_accepts_anything() {
    for (library, connection, snippet) in all() {
        let code = &snippet.code;
        for word in [
            "--insecure",
            "CERT_NONE",
            "VERIFY_NONE",
            "SslVerifyMode.NONE",
            "INSECURE",
            "rejectUnauthorized",
            "'verify_peer' => false",
            "DangerousAccept",
            "checkServerTrusted",
            "TrustServerCertificate",
            "#insecure",
        ] {
            assert!(!code.contains(word), "{library:?}: {word}");
        }
        // Where a library has no switch for the name alone, what it skips is done by hand.
        assert_eq!(
            code.contains("InsecureSkipVerify: true"),
            code.contains("VerifyConnection"),
            "{library:?}"
        );
        assert_eq!(
            code.contains("RemoteCertificateValidationCallback"),
            code.contains("errors & ~SslPolicyErrors.RemoteCertificateNameMismatch"),
            "{library:?}"
        );
        let skipped = code.contains(&Comments::english().chain_only);
        let is_said = connection.name == NameCheck::ChainOnly && library.can_check_name();
        assert_eq!(skipped, is_said, "{library:?}");
        assert_eq!(
            code.contains(&Comments::english().full),
            connection.name == NameCheck::Full && library.can_check_name(),
            "{library:?}"
        );
    }
}

#[test]
fn each_says_where_what_and_as_whom() {
    for (library, connection, snippet) in all() {
        let code = &snippet.code;
        for part in [connection.host, "6379", connection.ca, "REDIS_PASSWORD"] {
            assert!(code.contains(part), "{library:?}: {part}");
        }
        let is_account = code.contains("app@");
        assert_eq!(is_account, matches!(connection.login, Login::Account(_)));
        let is_somebody = code.contains("app");
        let plain = matches!(connection.login, Login::Default);
        assert!(is_somebody || plain, "{library:?}");
        assert!(code.ends_with('\n') && !code.contains('▎'), "{library:?}");
        let marked = snippet.marked.iter().map(|line| code.lines().nth(*line));
        let marked: String = marked.map(Option::unwrap).collect();
        assert!(marked.contains(connection.ca), "{library:?}: {marked}");
    }
}

#[test]
fn comments_are_there_in_both_languages_and_end_nothing() {
    let all = |comments: &Comments| {
        [
            comments.password.clone(),
            comments.passwords.clone(),
            comments.full.clone(),
            comments.chain_only.clone(),
            comments.redis_cli.clone(),
            comments.go.clone(),
            comments.spring_bean.clone(),
        ]
    };
    let english = all(Comments::english());
    for (english, chinese) in english.iter().zip(all(Comments::chinese())) {
        assert!(english.is_ascii() && !english.is_empty());
        assert!(!chinese.is_ascii(), "{chinese}");
        for text in [english, &chinese] {
            let ends = text.contains(['\\', '"', '\'', '\n', '$', '?', '*']);
            assert!(!ends, "{text}");
        }
    }
}

/// What the language reads between the quotes; none when the literal ends before.
fn read(library: Library, literal: &str) -> Option<String> {
    match library {
        Library::RedisCli => {
            let text = literal.replace(r"'\''", "\0");
            (!text.contains('\'')).then(|| text.replace('\0', "'"))
        }
        Library::SpringBoot => properties(literal),
        Library::Phpredis => backslashed(literal, '\''),
        Library::RedisRb if literal.replace(r"\#", "").contains('#') => None,
        _ => backslashed(literal, '"'),
    }
}

fn backslashed(literal: &str, end: char) -> Option<String> {
    let mut text = String::new();
    let mut letters = literal.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.push(letters.next()?),
            letter if letter == end => return None,
            letter => text.push(letter),
        }
    }
    Some(text)
}

fn properties(literal: &str) -> Option<String> {
    let mut units = Vec::new();
    let mut letters = literal.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            '\\' => letters.next()?,
            letter => {
                units.push(u16::try_from(u32::from(letter)).ok()?);
                continue;
            }
        };
        match letter {
            'u' => {
                let digits: String = letters.by_ref().take(4).collect();
                units.push(u16::from_str_radix(&digits, 16).ok()?);
            }
            letter => units.push(u16::try_from(u32::from(letter)).ok()?),
        }
    }
    String::from_utf16(&units).ok()
}

/// What stands between the quotes instead of `placeholder`, when nothing else differs.
fn between<'a>(with: &'a str, placeholder: &str, template: &str) -> Option<&'a str> {
    let (before, after) = template.split_once(placeholder)?;
    with.strip_prefix(before)?.strip_suffix(after)
}

fn stays_inside(library: Library, text: &str) -> Result<(), TestCaseError> {
    for place in ["ca", "account", "user"] {
        let with = |text: &str| {
            let login = match place {
                "account" => Login::Account(text),
                "user" => Login::User(text),
                _ => Login::Default,
            };
            let connection = Connection {
                ca: if place == "ca" { text } else { "ca.pem" },
                login,
                ..connection(NameCheck::ChainOnly)
            };
            snippet(library, &connection, Comments::english())
        };
        let hostile = match with(text) {
            Ok(hostile) => hostile,
            Err(Refused::Account) if place == "account" && text.contains('@') => continue,
            Err(Refused::Placeholder { .. }) if text.contains("${") => continue,
            Err(other) => return Err(TestCaseError::fail(format!("{library:?}: {other:?}"))),
        };
        let harmless = with("PLACEHOLDER").unwrap();
        let literal = between(&hostile.code, "PLACEHOLDER", &harmless.code);
        let read = literal.and_then(|literal| read(library, literal));
        prop_assert_eq!(read.as_deref(), Some(text), "{:?} {}", library, place);
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_text_breaks_out(text in r#"[ -~é密🔑]{1,24}"#) {
        for library in Library::ALL {
            stays_inside(*library, &text)?;
        }
    }
}

#[test]
fn no_hostile_text_breaks_out() {
    for text in [
        r#"";import os;os.system("id");""#,
        r"\",
        r#"\""#,
        "'; id; '",
        "$(id)`id`${id}",
        "#{`id`}",
        "??/\"",
        r"\u0022+exit()+\u0022",
        "%s%n",
        "?><?php",
        "*/ int x; /*",
        "▎",
        "{{ v.host }}",
        " a b ",
    ] {
        for library in Library::ALL {
            stays_inside(*library, text).unwrap();
        }
    }
}

#[test]
fn what_cannot_stand_in_a_program_is_refused() {
    let good = connection(NameCheck::Full);
    let said = |connection: Connection<'_>| {
        let written = snippet(Library::SpringBoot, &connection, Comments::english());
        written.unwrap_err()
    };
    for host in [
        "",
        "-h",
        "a b",
        "a'b",
        "a\nb",
        "[::1]",
        "r\u{e9}dis",
        "a/b",
        ":",
    ] {
        assert_eq!(said(Connection { host, ..good }), Refused::Host, "{host:?}");
    }
    for ca in ["a\nb", "a\u{0}", "a\u{202e}b", "\u{feff}a", "a\u{e000}"] {
        let refused = said(Connection { ca, ..good });
        assert_eq!(refused, Refused::Invisible { field: "ca" }, "{ca:?}");
    }
    for password_variable in ["", "1A", "A B", "A;id", "A}"] {
        let refused = said(Connection {
            password_variable,
            ..good
        });
        assert_eq!(refused, Refused::Variable);
    }
    let login = Login::Account("a@b");
    assert_eq!(said(Connection { login, ..good }), Refused::Account);
    let login = Login::User("");
    let empty = said(Connection { login, ..good });
    assert_eq!(
        (empty, empty.field()),
        (Refused::Empty { field: "account" }, "account")
    );
    let ca = "/${id}/ca.pem";
    let placeholder = said(Connection { ca, ..good });
    assert_eq!(placeholder, Refused::Placeholder { field: "ca" });
}
