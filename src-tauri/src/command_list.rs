// The one list of commands: read by `build.rs` for the access list and by `ipc.rs` for the
// handlers and the TypeScript map. A body for each is a method of `Shell` in `commands.rs`.
commands! {
    /// Everything the window needs before its first paint.
    app_snapshot() -> AppSnapshot;
    /// Checks a key with the cloud, keeps it, and makes it the account in use.
    sign_in(form: SignInForm) -> AccountView;
    /// Signs in with a key that was found on this computer.
    take_detected(id: String, name: String, site: Site, keep: Keep, network: NetworkForm) -> AccountView;
    /// Starts the built-in sandbox, once, and makes it the account in use.
    open_sandbox() -> AccountView;
    /// Makes an account the one in use.
    use_account(account_id: String) -> ();
    /// Asks for a file of authorities to trust for the API alone.
    choose_api_ca() -> ApiCa;
    /// Changes how an account reaches the cloud; its key stays as it is.
    change_network(account_id: String, network: NetworkForm) -> AccountView;
    /// Accepts that a root which is not public opens an account's connections.
    accept_root(account_id: String, key: String) -> AccountView;
    /// Takes that back.
    refuse_root(account_id: String, key: String) -> AccountView;
    /// Asks the cloud who a key belongs to, and so whether and how it is reached.
    check_account(account_id: String) -> AccountView;
    /// Forgets an account and deletes its secret.
    remove_account(account_id: String) -> ();
    /// Stores what the user chose.
    change_settings(settings: Settings) -> ();
    /// The fleet as far as it is known.
    inventory_snapshot() -> InventorySnapshot;
    /// Starts a sweep over all regions; `inventory_changed` tells how it goes.
    refresh_inventory() -> ();
    /// Reads one region again.
    refresh_region(region: String) -> ();
    /// Says which rows are on the screen, from top to bottom: a sweep asks for these first.
    show_first(instance_ids: Vec<String>) -> ();
    /// Asks where, then writes the fleet as a file.
    export_inventory(format: InventoryFormat) -> SavedFile;
    /// All that is known of one instance, asked anew.
    instance_detail(instance_id: String) -> InstanceDetail;
    /// What an action would do; changes nothing.
    plan(action: Action, instance_ids: Vec<String>) -> Plan;
    /// Carries a plan out, once per request id; one job for each instance.
    apply(plan_id: String, confirmation: Confirmation, request_id: String) -> Vec<JobSnapshot>;
    /// Every job of every account, newest first.
    job_snapshots() -> Vec<JobSnapshot>;
    /// Stops watching a job; the remote task goes on.
    detach_job(job_id: String) -> ();
    /// Watches a job again that is watched no more; sends nothing that changes anything.
    reattach_job(job_id: String) -> JobSnapshot;
    /// The audit log and whether its chain of hashes holds.
    audit_log() -> AuditLog;
    /// Asks where, then writes the audit log as JSON lines.
    export_audit() -> SavedFile;
    /// The instance's certificate archive, downloaded and opened.
    certificate(instance_id: String) -> CertificateView;
    /// Asks where, then writes the certificate.
    save_certificate(instance_id: String, format: CertificateFormat) -> SavedFile;
    /// The archive downloaded again and the server asked again, and what changed.
    compare_certificate(instance_id: String) -> Comparison;
    /// The changes of certificates that were seen last, of all instances.
    certificate_changes() -> Vec<CertificateEvent>;
    /// When the certificates end that the instances were seen with last.
    expiry() -> Expiry;
    /// Asks where, then writes the ends of certificates as a calendar.
    save_calendar(language: Language) -> SavedFile;
    /// The hosts that `~/.ssh/config` names.
    ssh_hosts() -> SshHosts;
    /// What putting certificates on servers would do there; changes nothing on them.
    plan_put(form: PutForm) -> PutPlan;
    /// Begins to carry such a plan out; `put_changed` tells how it goes.
    apply_put(plan_id: String) -> PutRun;
    /// How such a plan is carried out, or was.
    put_run(plan_id: String) -> Option<PutRun>;
    /// Ends it; where the file is not there yet, nothing is changed.
    cancel_put(plan_id: String) -> ();
    /// Asks for a file of trusted certificates for the tests that follow.
    choose_trust_file() -> TrustFile;
    /// Asks for the private key to log in to SSH hosts with in the tests that follow.
    choose_key_file() -> KeyFile;
    /// Asks for files of certificates to inspect.
    choose_certificate_files() -> Vec<OfferedFile>;
    /// Opens such a file.
    inspect_file(file: u32, password: Option<Password>, language: Language) -> FileLook;
    /// The certificates of an open file that have a text in them, from one on.
    inspected(file: u32, text: String, from: usize) -> InspectedPage;
    /// Whether an open file's certificates signed what a server shows, tried now.
    signer(file: u32, address: String) -> Signed;
    /// What stood between at the last test of an instance, or else at the last of the account.
    test_route(instance_id: Option<String>) -> RouteView;
    /// A real handshake; `test_progress` tells how it goes.
    test_connection(form: TestForm) -> Report;
    /// Ends a running test.
    cancel_test(test_id: String) -> ();
    /// Begins to test instances, each against its own CA; `test_run_changed` tells how it goes.
    /// While such a run goes on, that one is told instead.
    test_instances(instance_ids: Vec<String>) -> TestRun;
    /// The test of many instances that goes on, or else the last one of this session.
    test_run() -> Option<TestRun>;
    /// Ends the test of many instances; what was found stays.
    cancel_test_run() -> ();
    /// Whether the instance takes connections without TLS, tried now.
    plaintext(instance_id: String) -> PlaintextLook;
    /// Asks where, then writes a report.
    save_report(report: Report, format: Format, language: Language) -> SavedFile;
    /// A report to paste into a ticket.
    report_markdown(report: Report, language: Language) -> String;
    /// The client libraries that there is a program for.
    snippet_libraries() -> Vec<LibraryView>;
    /// A program that connects to an instance, to copy.
    snippet(form: SnippetForm) -> SnippetView;
    /// Asks where, then writes such a program.
    save_snippet(form: SnippetForm) -> SavedFile;
    /// Asks where, then writes the instance's certificates in the form that a library takes.
    save_truststore(form: TruststoreForm) -> SavedFile;
    /// The answer to `quit_asked`: the window closes, or stays.
    answer_quit(quit: bool) -> ();
}
