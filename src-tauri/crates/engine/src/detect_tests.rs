#![expect(clippy::unwrap_used, reason = "tests")]

use secrecy::ExposeSecret;

use super::*;

fn home(files: &[(&str, &str)]) -> (tempfile::TempDir, Environment) {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let environment = Environment {
        home: Some(folder.path().to_owned()),
        ..Environment::default()
    };
    (folder, environment)
}

fn problems(environment: &Environment) -> Vec<(String, Option<Problem>)> {
    let found = detect(environment).into_iter();
    found.map(|one| (one.view.id, one.view.problem)).collect()
}

#[test]
fn nothing_is_found_in_nothing() {
    let (_folder, environment) = home(&[(".tencentcloud/credentials", "[mine]\nregion = x\n")]);
    assert!(detect(&environment).is_empty());
    assert!(detect(&Environment::default()).is_empty());
}

#[test]
fn every_source_and_profile_is_found_and_masked() {
    let (_folder, mut environment) = home(&[
        (
            ".tccli/work.credential",
            r#"{"secretId":"AKIDwork0123456789abcdef","secretKey":"work-key","role-arn":"qcs::r"}"#,
        ),
        (
            ".tccli/work.configure",
            r#"{"redis":{"endpoint":"redis.intl.tencentcloudapi.com"}}"#,
        ),
        (
            ".tccli/default.credential",
            r#"{"secretId":"AKIDtccli0123456789abcdef","secretKey":"tccli-key","token":"t"}"#,
        ),
        (
            ".tencentcloud/credentials",
            "# mine\n[default]\nsecret_id = AKIDprofile0123456789abc\nsecret_key=\"profile-key\"\n\
             [other]\nsecret_id: AKIDother0123456789abcd\nsecret_key : other-key\ntoken = x=y\n",
        ),
    ]);
    for (name, value) in [
        ("TENCENTCLOUD_SECRET_ID", "AKIDenvironment0123456789"),
        ("TENCENTCLOUD_SECRET_KEY", "environment-key"),
    ] {
        environment.variables.insert(name.into(), value.into());
    }
    let found = detect(&environment);
    let keys: Vec<_> = found
        .iter()
        .map(|one| {
            let secret = one.secret.as_ref().unwrap();
            (one.view.id.as_str(), secret.secret_key.expose_secret())
        })
        .collect();
    assert_eq!(
        keys,
        [
            ("environment", "environment-key"),
            ("tccli/default", "tccli-key"),
            ("tccli/work", "work-key"),
            ("profile/default", "profile-key"),
            ("profile/other", "other-key"),
        ]
    );
    let views: Vec<_> = found.iter().map(|one| &one.view).collect();
    assert_eq!(views[1].secret_id, "AKIDtccl…cdef");
    assert!(views[1].temporary && !views[2].temporary && !views[3].temporary);
    assert_eq!(views[2].site, Some(Site::International));
    assert_eq!(views[2].role.as_deref(), Some("qcs::r"));
    let token = found[4].secret.as_ref().unwrap().token.as_ref().unwrap();
    assert_eq!(token.expose_secret(), "x=y");
}

#[test]
fn what_is_broken_is_named() {
    let (folder, mut environment) = home(&[
        (".tccli/a.credential", "{\n\"secretId\": \"x\",\n"),
        (
            ".tccli/b.credential",
            r#"{"secretId":"AKIDonlyhalf0123456789"}"#,
        ),
        (".tccli/c.credential", r#"{"type":"cvm-role"}"#),
        (
            ".tencentcloud/credentials",
            "[default]\nsecret_id = a\nnonsense\n",
        ),
    ]);
    let binary = folder.path().join(".tccli/d.credential");
    std::fs::write(binary, [0xff, 0xfe]).unwrap();
    let name = "TENCENTCLOUD_SECRET_KEY";
    environment.variables.insert(name.into(), "half".into());
    let incomplete = |missing: &str| {
        let missing = missing.to_owned();
        Some(Problem::Incomplete { missing })
    };
    let found = problems(&environment);
    assert_eq!(found.len(), 6);
    assert_eq!(
        found[0],
        ("environment".into(), incomplete("TENCENTCLOUD_SECRET_ID"))
    );
    assert_eq!(
        found[1],
        ("tccli/a".into(), Some(Problem::Malformed { line: 3 }))
    );
    assert_eq!(found[2], ("tccli/b".into(), incomplete("secretKey")));
    assert_eq!(found[3], ("tccli/c".into(), Some(Problem::OnlyInCloud)));
    assert!(matches!(&found[4].1, Some(Problem::Unreadable { .. })));
    assert_eq!(
        found[5],
        ("profile".into(), Some(Problem::Malformed { line: 3 }))
    );
    assert!(detect(&environment).iter().all(|one| one.secret.is_none()));
}

#[test]
fn a_login_of_tccli_says_when_it_ends_and_that_tccli_renews_it() {
    let (_folder, environment) = home(&[(
        ".tccli/default.credential",
        r#"{"type":"oauth","secretId":"AKIDtmp0123456789abcdef","secretKey":"k","token":"t",
            "expiresAt":1795492800,"oauth":{"site":"cn","accessToken":"a","refreshToken":"r"}}"#,
    )]);
    let found = detect(&environment).remove(0).view;
    assert_eq!(found.expires, Timestamp::from_second(1_795_492_800).ok());
    assert!(found.renewed_elsewhere && found.temporary);
    assert_eq!(found.site, Some(Site::Mainland));
}

#[test]
fn a_file_of_one_s_own_is_read_in_place_of_the_usual_one() {
    let (folder, mut environment) = home(&[
        (
            "keys",
            "[mine]\nsecret_id = AKIDmine0123456789abcde\nsecret_key = k\n",
        ),
        (
            ".tencentcloud/credentials",
            "[default]\nsecret_id = a\nsecret_key = b\n",
        ),
    ]);
    let path = folder.path().join("keys").display().to_string();
    let name = "TENCENTCLOUD_CREDENTIALS_FILE";
    environment.variables.insert(name.into(), path);
    assert_eq!(problems(&environment), [("profile/mine".into(), None)]);
}

#[test]
fn short_ids_show_nothing() {
    assert_eq!(masked("AKIDshort"), "…");
}
