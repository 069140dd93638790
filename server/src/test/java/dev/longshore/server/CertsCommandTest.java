package dev.longshore.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.identity.TokenKeyFiles;
import dev.longshore.server.pki.CertificateState;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Pem;
import dev.longshore.server.pki.Renewal;
import dev.longshore.server.pki.Terms;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CertsCommandTest {

    private final ClusterRecord cluster = new ClusterRecord(
            ClusterId.random(new Random(7)), "c", "10.244.0.0/16", "10.96.0.0/16", "30000-32767", 6443, 0, 0);

    @TempDir
    private Path root;

    private DataDirectory directory;
    private Certificates certificates;

    private record Ran(int status, String out, String err) {}

    @BeforeEach
    void make() throws IOException {
        directory = new DataDirectory(root.resolve("data"));
        Files.createDirectories(directory.root());
        cluster.write(directory.clusterRecord());
        certificates = new Certificates(
                new ClusterKeys(directory.pki(), Time.system(), Terms.USUAL, new SecureRandom()),
                cluster,
                new HostAddress("host", "192.0.2.1"),
                Time.system());
        new KubeconfigFile(directory.kubeconfig(), cluster, certificates).follow();
    }

    @Test
    void listShowsWhenEachExpiresAndWhoHasSignedItWithoutAServer() {
        Ran listed = run("certs", "list");

        assertThat(listed.out.lines().map(line -> line.replaceAll(" {2,}", "|")))
                .anyMatch(line ->
                        line.equals("CERTIFICATE|EXPIRES|RESIDUAL TIME|CERTIFICATE AUTHORITY|EXTERNALLY MANAGED"))
                .anyMatch(line ->
                        line.matches("apiserver\\|[A-Z][a-z]+ \\d\\d, \\d{4} \\d\\d:\\d\\d UTC\\|364d\\|ca\\|no"))
                .anyMatch(line -> line.matches("front-proxy-client\\|.*\\|364d\\|front-proxy-ca\\|no"))
                .anyMatch(line -> line.matches("ca\\|.*\\|9y\\|no"));
    }

    @Test
    void renewMakesThemAnewWithoutAServerAndTheKubeconfigFollows() throws IOException {
        X509Certificate before = certificates.admin().chain().getFirst();
        String authority = Files.readString(directory.pki().resolve("ca.crt"));

        Ran renewed = run("certs", "renew", "all");

        assertThat(renewed.out.lines())
                .hasSize(6)
                .allMatch(line -> line.matches("\\S+ renewed until .* UTC"))
                .anyMatch(line -> line.startsWith("admin "));
        X509Certificate after =
                Pem.certificates(directory.pki().resolve("admin.crt")).getFirst();
        assertThat(after).isNotEqualTo(before);
        assertThat(Files.readString(directory.kubeconfig())).contains(base64(Pem.of(List.of(after))));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.kubeconfig())))
                .isEqualTo("rw-------");
        assertThat(Files.readString(directory.pki().resolve("ca.crt"))).isEqualTo(authority);
    }

    @Test
    void aRunningServerRenewsThemItself() throws IOException {
        var kubeconfig = new KubeconfigFile(directory.kubeconfig(), cluster, certificates);
        var kept = new CertificateRoutes.Kept(
                certificates.keys(), new Renewal(certificates.keys(), List.of(kubeconfig), Time.system()));
        try (var control = control(Optional.of(kept))) {
            control.start(directory.controlSocket());
            X509Certificate before = certificates.admin().chain().getFirst();

            assertThat(run("certs", "list").out).contains("apiserver-kubelet-client");
            assertThat(run("certs", "renew", "admin", "ca").out.lines())
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("admin renewed until "),
                            line -> assertThat(line).startsWith("ca renewed until "));

            X509Certificate after = certificates.admin().chain().getFirst();
            assertThat(after).isNotEqualTo(before);
            assertThat(Files.readString(directory.kubeconfig()))
                    .contains(base64(Pem.of(List.of(after))))
                    .contains(base64(Pem.of(List.of(certificates.authority()))));
            assertThat(run("certs", "renew", "nobody"))
                    .isEqualTo(new Ran(
                            1,
                            "",
                            "longshore: no certificate is called nobody; there are admin, apiserver,"
                                    + " apiserver-kubelet-client, front-proxy-client, kubelet, metrics-kubelet-client,"
                                    + " ca, front-proxy-ca, and all\n"));
        }
    }

    @Test
    void anotherKeySignsTokensAndThoseBeforeItGoOnVerifying() throws IOException {
        PublicKey first = certificates.tokenKeys().signing().getPublic();

        assertThat(run("certs", "rotate-service-account-key").out)
                .isEqualTo("ServiceAccount tokens are signed by another key; 1 key before it still verifies\n");
        PublicKey second = tokenKeys().signing().getPublic();
        assertThat(run("certs", "rotate-service-account-key").out)
                .isEqualTo("ServiceAccount tokens are signed by another key; 2 keys before it still verify\n");

        TokenKeys now = tokenKeys();
        assertThat(now.signing().getPublic()).isNotIn(first, second);
        assertThat(now.verifying()).containsExactly(now.signing().getPublic(), second, first);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.pki().resolve("sa.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void withoutAKeyThereIsNoneToRotate() throws IOException {
        Files.delete(directory.pki().resolve("sa.key"));
        String before = Files.readString(directory.pki().resolve("sa.pub"));

        assertThat(run("certs", "rotate-service-account-key").err)
                .startsWith("longshore: cannot rotate the ServiceAccount key: there is no ")
                .endsWith("sa.key: a cluster has a key once it was started\n");
        assertThat(Files.readString(directory.pki().resolve("sa.pub"))).isEqualTo(before);
    }

    private TokenKeys tokenKeys() throws IOException {
        return new TokenKeyFiles(
                directory.pki().resolve("sa.key"), List.of(directory.pki().resolve("sa.pub")), Time.system());
    }

    @Test
    void aServerThatIsStillStartingSaysSo() throws IOException {
        try (var control = control(Optional.empty())) {
            control.start(directory.controlSocket());

            assertThat(run("certs", "list").err)
                    .isEqualTo("longshore: the server is still starting: try again in a moment\n");
        }
    }

    @Test
    void statusPassesOnWhatTheServerWarnsOf() throws IOException {
        try (var control = new ControlSocket(
                () -> Json.object()
                        .put("name", "c")
                        .set("warnings", Json.array().add("certificate x expires")),
                () -> {},
                null,
                new CertificateRoutes(Optional::empty),
                null,
                () -> null)) {
            control.start(directory.controlSocket());

            assertThat(run("status").out).contains("warning      certificate x expires");
        }
    }

    @Test
    void onlyWhatCouldNotBeRenewedInTimeIsWorthAWarning() {
        var keys = certificates.keys();
        assertThat(keys.endangered()).isEmpty();

        var own = new CertificateState("registry", "", Instant.now().plus(Duration.ofDays(20)), true);
        keys.watch(() -> own);

        assertThat(keys.endangered()).containsExactly(own);
        assertThat(ForegroundServer.warning(own))
                .startsWith("certificate registry expires at ")
                .endsWith(": renew it where it was made");
    }

    @Test
    void withoutCertificatesTheRemedyIsNamed() {
        Ran listed =
                execute("certs", "list", "--data-dir", root.resolve("nowhere").toString());

        assertThat(listed.status).isEqualTo(1);
        assertThat(listed.err)
                .contains("there are no certificates in ")
                .contains("`longshore up` makes them, or choose another directory with --data-dir");
    }

    @Test
    void theLeftTimeIsOneNumber() {
        assertThat(List.of(
                        CertificateTable.residual(Duration.ofDays(3649)),
                        CertificateTable.residual(Duration.ofDays(364)),
                        CertificateTable.residual(Duration.ofHours(23)),
                        CertificateTable.residual(Duration.ofSeconds(61)),
                        CertificateTable.residual(Duration.ofSeconds(9)),
                        CertificateTable.residual(Duration.ofSeconds(-1))))
                .containsExactly("9y", "364d", "23h", "1m", "9s", "expired");
    }

    private static ControlSocket control(Optional<CertificateRoutes.Kept> kept) {
        return new ControlSocket(Json::object, () -> {}, null, new CertificateRoutes(() -> kept), null, () -> null);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private Ran run(String... args) {
        var all = new java.util.ArrayList<>(List.of(args));
        all.addAll(List.of("--data-dir", directory.root().toString()));
        return execute(all.toArray(String[]::new));
    }

    private static Ran execute(String... args) {
        CommandLine line = Main.commandLine();
        var out = new StringWriter();
        var err = new StringWriter();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int status = line.execute(args);
        return new Ran(status, out.toString(), err.toString());
    }
}
