package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.builder.attest.Attestations;
import dev.longshore.builder.attest.Claim;
import dev.longshore.builder.output.Export;
import dev.longshore.builder.output.Output;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.builder.stage.RunWishes;
import dev.longshore.builder.stage.Secrets;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.Image;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a build says of its result.
class AttestationsTest {

    private static final Attestations ALL = Attestations.parse("true", "mode=max");
    private static final String SECRET = "tOpS3cret-value";
    private static final String DOCKERFILE = """
            FROM longshore.local/busybox AS app
            ARG COLOR
            COPY debian /
            RUN --network=none --mount=type=secret,id=key true
            """;

    @TempDir
    private Path folder;

    private Workshop workshop;

    @BeforeEach
    void open() throws Exception {
        workshop = debian(Workshop.quick());
    }

    @AfterEach
    void close() throws Exception {
        if (workshop != null) {
            workshop.close();
        }
    }

    @Test
    void statementsLieBesideTheImageInAnIndex() throws Exception {
        Built plain = workshop.build("plain", wishes());

        Built built = build(workshop, ALL, wishes());

        assertThat(built.id()).isEqualTo(plain.id());
        JsonNode index = read(built.target());
        assertThat(index.path("mediaType").asString()).isEqualTo("application/vnd.oci.image.index.v1+json");
        JsonNode image = index.path("manifests").path(0);
        JsonNode beside = index.path("manifests").path(1);
        assertThat(image.path("digest").asString()).isEqualTo(plain.target().toString());
        assertThat(image.path("platform").path("architecture").asString()).isEqualTo("amd64");
        assertThat(beside.path("platform").toString()).isEqualTo("{\"architecture\":\"unknown\",\"os\":\"unknown\"}");
        assertThat(beside.path("annotations").path("vnd.docker.reference.type").asString())
                .isEqualTo("attestation-manifest");
        assertThat(beside.path("annotations")
                        .path("vnd.docker.reference.digest")
                        .asString())
                .isEqualTo(plain.target().toString());
        JsonNode manifest = read(Digest.parse(beside.path("digest").asString()));
        assertThat(manifest.path("layers"))
                .extracting(layer -> layer.path("mediaType").asString() + " "
                        + layer.path("annotations")
                                .path("in-toto.io/predicate-type")
                                .asString())
                .containsExactly(
                        "application/vnd.in-toto+json https://spdx.dev/Document",
                        "application/vnd.in-toto+json https://slsa.dev/provenance/v1");
        JsonNode config =
                read(Digest.parse(manifest.path("config").path("digest").asString()));
        assertThat(config.path("os").asString()).isEqualTo("unknown");
        assertThat(config.path("rootfs").path("diff_ids").path(1).asString())
                .isEqualTo(manifest.path("layers").path(1).path("digest").asString());
        JsonNode statement = statement(built, 0);
        assertThat(statement.path("_type").asString()).isEqualTo("https://in-toto.io/Statement/v1");
        assertThat(statement.path("subject").toString())
                .isEqualTo("[{\"name\":\"pkg:docker/app@latest?platform=linux%2Famd64\",\"digest\":{\"sha256\":\""
                        + plain.target().hex() + "\"}}]");
    }

    @Test
    void theStoreShowsTheImageAsBefore() throws Exception {
        Built built = build(workshop, ALL, wishes());

        Image image = workshop.images.images().get("app");
        assertThat(image.id()).isEqualTo(built.id());
        assertThat(workshop.images.images().list())
                .filteredOn(each -> each.id().equals(built.id()))
                .hasSize(1);
        workshop.images.collector().collect();
        assertThat(statement(built, 1).path("predicateType").asString()).isEqualTo("https://slsa.dev/provenance/v1");
        assertThat(workshop.content("app", "/etc/os-release")).contains("debian");
    }

    @Test
    void thePackagesOfAllLayersAreListed() throws Exception {
        Built built = build(workshop, ALL, wishes());

        JsonNode sbom = statement(built, 0).path("predicate");
        assertThat(sbom.path("spdxVersion").asString()).isEqualTo("SPDX-2.3");
        assertThat(sbom.path("packages"))
                .extracting(each -> each.path("externalRefs")
                        .path(0)
                        .path("referenceLocator")
                        .asString())
                .containsExactly(
                        "pkg:docker/app@latest?platform=linux%2Famd64",
                        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u9?arch=amd64&distro=debian-12&upstream=glibc",
                        "pkg:pypi/flask@3.0.0");
        assertThat(sbom.path("packages").path(2).path("licenseDeclared").asString())
                .isEqualTo("BSD-3-Clause");
        assertThat(sbom.path("relationships"))
                .extracting(each -> each.path("relationshipType").asString())
                .containsExactly("DESCRIBES", "CONTAINS", "CONTAINS");
    }

    @Test
    void provenanceTellsWhatTheBuildTookAndNoSecret() throws Exception {
        Built built = build(workshop, ALL, wishes());

        JsonNode predicate = statement(built, 1).path("predicate");
        JsonNode definition = predicate.path("buildDefinition");
        JsonNode request = definition.path("externalParameters").path("request");
        assertThat(request.path("args").toString()).isEqualTo("{\"build-arg:COLOR\":\"red\",\"target\":\"app\"}");
        assertThat(request.path("secrets").toString()).isEqualTo("[{\"id\":\"key\",\"optional\":true}]");
        JsonNode base = definition.path("resolvedDependencies").path(0);
        assertThat(base.path("uri").asString())
                .isEqualTo("pkg:docker/longshore.local/busybox@latest?platform=linux%2Famd64");
        assertThat(base.path("digest").path("sha256").asString())
                .isEqualTo(workshop.images
                        .images()
                        .get("longshore.local/busybox")
                        .target()
                        .hex());
        JsonNode metadata = predicate.path("runDetails").path("metadata");
        assertThat(metadata.path("invocationId").asString()).hasSize(32);
        assertThat(metadata.path("startedOn").asString())
                .isLessThanOrEqualTo(metadata.path("finishedOn").asString());
        assertThat(metadata.path("buildkit_hermetic").asBoolean()).isTrue();
        String data = metadata.path("buildkit_metadata")
                .path("source")
                .path("infos")
                .path(0)
                .path("data")
                .asString();
        assertThat(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8))
                .isEqualTo(DOCKERFILE);
        assertThat(predicate.toString()).doesNotContain(SECRET);
    }

    @Test
    void theLesserProvenanceTellsNoArgumentAndNoSecretsName() throws Exception {
        Built built = build(workshop, Attestations.parse("", "mode=min,builder-id=https://ci.example/7"), wishes());

        JsonNode predicate = statement(built, 0).path("predicate");
        assertThat(predicate.toString())
                .doesNotContain("red")
                .doesNotContain("key")
                .doesNotContain("\"data\"");
        assertThat(predicate.path("runDetails").path("builder").path("id").asString())
                .isEqualTo("https://ci.example/7");
        assertThat(predicate.path("buildDefinition").path("resolvedDependencies"))
                .hasSize(1);
    }

    @Test
    void downloadsAndRepositoriesAreNamedByWhatTheyHold() throws Exception {
        try (var web = new Web(folder)) {
            web.put("/file.txt", "hello");
            Path work = Files.createDirectory(folder.resolve("work"));
            Repository repository = Repository.of(work);
            Files.writeString(work.resolve("a"), "a");
            repository.commit("first").serve(web.files().resolve("it.git"));
            String commit = repository.git("rev-parse", "HEAD").strip();
            workshop.dockerfile("FROM scratch\nADD " + web.at("/file.txt") + " " + web.at("/it.git#main") + " /\n");

            Built built = build(workshop, ALL, Wishes.NONE);
            Built again = build(workshop, ALL, Wishes.NONE);

            String sum = Digest.sha256("hello".getBytes(StandardCharsets.UTF_8)).hex();
            for (Built each : List.of(built, again)) {
                assertThat(statement(each, 1)
                                .path("predicate")
                                .path("buildDefinition")
                                .path("resolvedDependencies"))
                        .extracting(Object::toString)
                        .containsExactlyInAnyOrder(
                                "{\"uri\":\"" + web.at("/file.txt") + "\",\"digest\":{\"sha256\":\"" + sum + "\"}}",
                                "{\"uri\":\"" + web.at("/it.git#main") + "\",\"digest\":{\"sha1\":\"" + commit
                                        + "\"}}");
            }
        }
    }

    @Test
    void withAnEpochTwoMachinesSayTheSame() throws Exception {
        Wishes wishes = wishes().withArgument("SOURCE_DATE_EPOCH", "1600000000").withRewrittenTimestamps();
        try (Workshop other = debian(Workshop.quick())) {
            Built first = build(workshop, ALL, wishes);
            Built second = build(other, ALL, wishes);

            assertThat(second.target()).isEqualTo(first.target());
            assertThat(statement(first, 0)
                            .path("predicate")
                            .path("creationInfo")
                            .path("created")
                            .asString())
                    .isEqualTo("2020-09-13T12:26:40Z");
        }
    }

    @Test
    void anImageThatIsItsBaseIsSpokenOfAlone() throws Exception {
        Built built = build(workshop, ALL, wishes());
        workshop.images.images().tag(dev.longshore.images.Reference.parse("base:1"), built.target());
        workshop.dockerfile("FROM base:1\n");

        Built second = build(workshop, ALL, Wishes.NONE);

        assertThat(read(second.target()).path("manifests")).hasSize(2);
        assertThat(second.id()).isEqualTo(built.id());
    }

    @Test
    void stagesAndTheContextAreListedIfTheDockerfileSaysSo() throws Exception {
        workshop.dockerfile("""
                ARG BUILDKIT_SBOM_SCAN_STAGE=build
                FROM longshore.local/busybox AS build
                COPY debian /
                FROM longshore.local/busybox AS other
                ARG BUILDKIT_SBOM_SCAN_STAGE=false
                RUN test -z "$BUILDKIT_SBOM_SCAN_STAGE" && echo x > /x
                FROM scratch
                ARG BUILDKIT_SBOM_SCAN_CONTEXT=false
                COPY --from=build /etc/os-release /
                COPY --from=other /x /
                """);

        List<Claim> some = claims(Wishes.NONE);
        List<Claim> all = claims(Wishes.NONE
                .withArgument("BUILDKIT_SBOM_SCAN_CONTEXT", "true")
                .withArgument("BUILDKIT_SBOM_SCAN_STAGE", "other,build"));

        assertThat(some)
                .extracting(Claim::file)
                .containsExactly("sbom.spdx.json", "sbom-build.spdx.json", "provenance.json");
        assertThat(some.getFirst().predicate().path("packages")).hasSize(1);
        assertThat(some.get(1).predicate().path("packages"))
                .extracting(each -> each.path("name").asString())
                .containsExactly("build", "libc6", "Flask");
        assertThat(all)
                .extracting(Claim::file)
                .containsExactly(
                        "sbom.spdx.json",
                        "sbom-build.spdx.json",
                        "sbom-context.spdx.json",
                        "sbom-other.spdx.json",
                        "provenance.json");
    }

    @Test
    void provenanceCanBeOfTheOlderForm() throws Exception {
        Built built = build(
                workshop,
                Attestations.parse("", "version=v0.2,mode=max,builder-id=https://me.example,reproducible=true"),
                wishes());

        JsonNode statement = statement(built, 0);
        assertThat(statement.path("predicateType").asString()).isEqualTo("https://slsa.dev/provenance/v0.2");
        JsonNode predicate = statement.path("predicate");
        assertThat(predicate.path("builder").path("id").asString()).isEqualTo("https://me.example");
        assertThat(predicate.path("buildType").asString()).isEqualTo("https://mobyproject.org/buildkit@v1");
        assertThat(predicate.path("materials").path(0).path("uri").asString()).startsWith("pkg:docker/");
        JsonNode invocation = predicate.path("invocation");
        assertThat(invocation.path("configSource").path("entryPoint").asString())
                .isEqualTo("Dockerfile");
        assertThat(invocation
                        .path("parameters")
                        .path("args")
                        .path("build-arg:COLOR")
                        .asString())
                .isEqualTo("red");
        assertThat(invocation.path("environment").path("platform").asString()).isEqualTo("linux/amd64");
        JsonNode metadata = predicate.path("metadata");
        assertThat(metadata.path("buildInvocationID").asString()).hasSize(32);
        assertThat(metadata.path("reproducible").asBoolean()).isTrue();
        assertThat(metadata.path("completeness").path("parameters").asBoolean()).isTrue();
        assertThat(statement.toString()).doesNotContain(SECRET);
    }

    @Test
    void whatAttestationsCannotBeIsSaid() {
        assertThatThrownBy(() -> Attestations.parse("generator=x", ""))
                .hasMessageContaining("there are no other generators");
        assertThatThrownBy(() -> Attestations.parse("", "version=v2"))
                .hasMessage("invalid provenance version \"v2\": want v1 or v0.2");
        assertThatThrownBy(() -> Attestations.parse("", "filename=../x")).hasMessageContaining("want a plain name");
        assertThatThrownBy(() -> Attestations.parse("", "inline-only=maybe")).hasMessageContaining("non-bool value");
        assertThat(Attestations.parse("disabled=true", "mode=max,disabled=true").isNone())
                .isTrue();
    }

    private List<Claim> claims(Wishes wishes) throws Exception {
        var claims = new ArrayList<Claim>();
        workshop.builder()
                .build(
                        BuildRequest.tagged("app").with(wishes).attested(ALL),
                        workshop.context,
                        new ClassicOutput(workshop.said::append),
                        finished -> claims.addAll(
                                finished.result().platforms().getFirst().claims()));
        return claims;
    }

    @Test
    void skopeoSeesTheIndexInAnOciArchive() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/skopeo")), "needs skopeo");
        Built built = build(workshop, ALL, wishes());
        Path archive = folder.resolve("app.tar");
        try (OutputStream out = Files.newOutputStream(archive)) {
            new Export(workshop.images)
                    .archive(
                            workshop.images.images().get("app"),
                            new Output.ToArchive(true, List.of()),
                            built.tags(),
                            out);
        }

        assertThat(Json.parse(skopeo("inspect", "--raw", "oci-archive:" + archive)))
                .isEqualTo(read(built.target()));
        assertThat(skopeo("inspect", "--config", "oci-archive:" + archive)).contains("COLOR=red");
    }

    private static String skopeo(String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(List.of("skopeo"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static Workshop debian(Workshop workshop) throws Exception {
        return workshop.dockerfile(DOCKERFILE)
                .write("debian/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
                .write("debian/var/lib/dpkg/status", """
                        Package: libc6
                        Status: install ok installed
                        Architecture: amd64
                        Source: glibc
                        Version: 2.36-9+deb12u9

                        Package: gone
                        Status: deinstall ok config-files
                        Version: 1
                        """)
                .write(
                        "debian/usr/lib/python3/site-packages/flask-3.0.0.dist-info/METADATA",
                        "Name: Flask\nVersion: 3.0.0\nLicense: BSD-3-Clause\n\nName: no\n");
    }

    private static Wishes wishes() {
        return Wishes.NONE
                .withArgument("COLOR", "red")
                .withTarget("app")
                .withRun(RunWishes.USUAL.withSecrets(
                        Secrets.of(Map.of("key", SECRET.getBytes(StandardCharsets.UTF_8)))));
    }

    private static Built build(Workshop workshop, Attestations wanted, Wishes wishes) throws Exception {
        return workshop.builder()
                .build(
                        BuildRequest.tagged("app").with(wishes).attested(wanted),
                        workshop.context,
                        new ClassicOutput(workshop.said::append));
    }

    private JsonNode statement(Built built, int number) throws Exception {
        JsonNode beside = read(built.target()).path("manifests").path(1);
        JsonNode manifest = read(Digest.parse(beside.path("digest").asString()));
        return read(
                Digest.parse(manifest.path("layers").path(number).path("digest").asString()));
    }

    private JsonNode read(Digest digest) throws Exception {
        return Json.parse(workshop.images.content().read(digest));
    }
}
