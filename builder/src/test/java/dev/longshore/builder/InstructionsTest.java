package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.builder.checks.Warning;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.Leases;
import dev.longshore.images.Reference;
import dev.longshore.images.RunConfig;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What instructions make of an image's configuration, and what arguments and variables are where.
class InstructionsTest {

    /// One for all: each test builds its own Dockerfiles.
    private static Workshop shop;

    @BeforeAll
    static void open() throws Exception {
        shop = Workshop.quick();
    }

    @AfterAll
    static void close() throws Exception {
        if (shop != null) {
            shop.close();
        }
    }

    @BeforeEach
    void listen() {
        shop.said.setLength(0);
    }

    @Test
    void entrypointsTakeInheritedCommandsAway() throws Exception {
        build("FROM scratch\nENTRYPOINT [\"a\"]\nCMD [\"b\"]\n", "base:1");
        assertThat(build("FROM base:1\nENTRYPOINT [\"c\"]\n", "x").command()).isEmpty();
        assertThat(build("FROM base:1\nCMD [\"d\"]\nENTRYPOINT c\n", "x"))
                .satisfies(run -> assertThat(run.command()).containsExactly("d"))
                .satisfies(run -> assertThat(run.entrypoint()).containsExactly("/bin/sh", "-c", "c"));
        assertThat(build("FROM base:1\nCMD e f\n", "x"))
                .satisfies(run -> assertThat(run.entrypoint()).containsExactly("a"))
                .satisfies(run -> assertThat(run.command()).containsExactly("/bin/sh", "-c", "e f"));
        assertThat(build("FROM base:1\nENTRYPOINT []\n", "x").entrypoint()).isEmpty();
        assertThat(build("FROM scratch AS one\nCMD [\"a\"]\nFROM one\nENTRYPOINT [\"b\"]\n", "x")
                        .command())
                .isEmpty();
    }

    @Test
    void shellsRunWhatFollowsThem() throws Exception {
        RunConfig run = build("FROM scratch\nSHELL [\"/bin/bash\", \"-ec\"]\nCMD a $b\n", "x");

        assertThat(run.shell()).containsExactly("/bin/bash", "-ec");
        assertThat(run.command()).containsExactly("/bin/bash", "-ec", "a $b");
    }

    @Test
    void directoriesAddUpAndBelongToTheUser() throws Exception {
        RunConfig run = build("""
                FROM longshore.local/busybox
                ARG D=deep
                WORKDIR /a//b/../c
                USER www-data
                WORKDIR $D/er
                USER 1234:5678
                WORKDIR ../owned
                """, "x");

        assertThat(run.workingDirectory()).isEqualTo("/a/c/deep/owned");
        assertThat(owner("/a/c")).isEqualTo(Map.of("uid", 0, "gid", 0));
        assertThat(owner("/a/c/deep/er")).isEqualTo(Map.of("uid", 33, "gid", 33));
        assertThat(owner("/a/c/deep/owned")).isEqualTo(Map.of("uid", 1234, "gid", 5678));
        assertThatThrownBy(() -> build("FROM scratch\nUSER nobody-knows\nWORKDIR /x\n", "y"))
                .hasMessageContaining("unable to find user nobody-knows");
    }

    private Map<String, Object> owner(String path) throws Exception {
        return Files.readAttributes(shop.tree("x").find(path).orElseThrow(), "unix:uid,gid");
    }

    @Test
    void portsVolumesLabelsAndSignalsExpand() throws Exception {
        RunConfig run = build("""
                FROM scratch
                ENV PORTS="80 53/udp" DATA=/data SIG=TERM
                EXPOSE $PORTS 8000-8002/tcp 127.0.0.1:90:91
                VOLUME $DATA ["ignored"
                VOLUME ["${DATA}base"]
                LABEL a=$DATA "b c"='$DATA' d=e\\ f
                STOPSIGNAL SIG$SIG
                MAINTAINER Me <$SIG>
                """, "x");

        assertThat(run.exposedPorts())
                .containsExactlyInAnyOrder("80/tcp", "53/udp", "8000/tcp", "8001/tcp", "8002/tcp", "91/tcp");
        assertThat(run.volumes()).containsExactlyInAnyOrder("/data", "[ignored", "/database");
        assertThat(run.labels()).isEqualTo(Map.of("a", "/data", "b c", "$DATA", "d", "e f"));
        assertThat(run.stopSignal()).isEqualTo("SIGTERM");
        assertThat(shop.config("x").author()).isEqualTo("Me <$SIG>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EXPOSE $X | no port specified",
                "EXPOSE 80/icmp | invalid proto: icmp",
                "EXPOSE 70000 | invalid containerPort: 70000",
                "STOPSIGNAL SIGNONE | invalid signal: SIGNONE",
                "STOPSIGNAL 0 | invalid signal: 0",
                "VOLUME $NOTHING | VOLUME specified can not be an empty string",
                "ENV ${NONE}=x | ENV names can not be blank",
                "LABEL a=${B | missing '}'",
                "USER ${WHO:?is needed} | WHO: is needed",
            })
    void whatExpandsToNothingGoodIsRefused(String line, String why) {
        assertThatThrownBy(() -> build("FROM scratch\nARG X=:\nENV NOTHING=\"\"\n" + line + "\n", "x"))
                .isInstanceOf(DockerfileException.class)
                .hasMessageStartingWith("Dockerfile:4: ")
                .hasMessageContaining(why);
    }

    @Test
    void healthchecksAreKept() throws Exception {
        RunConfig run = build(
                "FROM scratch\nHEALTHCHECK --interval=1m --timeout=3s --start-period=0s --start-interval=1s"
                        + " --retries=2 CMD test $X\n",
                "x");

        assertThat(run.healthcheck())
                .contains(Json.parse("{\"Test\":[\"CMD-SHELL\",\"test $X\"],\"Interval\":60000000000,"
                        + "\"Timeout\":3000000000,\"StartInterval\":1000000000,\"Retries\":2}"));
        assertThat(build("FROM x\nHEALTHCHECK NONE\n", "y").healthcheck())
                .contains(Json.parse("{\"Test\":[\"NONE\"]}"));
    }

    @Test
    void historyReadsAsDockersDoes() throws Exception {
        build("""
                FROM scratch
                ARG A=1 B
                ENV C=d E="f g"
                WORKDIR /w
                USER me
                EXPOSE 80 53/udp
                VOLUME /v /w
                LABEL a=b
                SHELL ["/bin/ash", "-c"]
                CMD ["a", "b \\"c\\""]
                ENTRYPOINT x y
                STOPSIGNAL 9
                HEALTHCHECK --interval=90s --retries=3 CMD ["ok"]
                ONBUILD RUN --network=none true
                MAINTAINER me
                """, "x");

        assertThat(shop.config("x").history().stream()
                        .map(ImageConfig.History::createdBy)
                        .map(text -> text.replaceFirst("^/bin/sh -c #\\(nop\\) ", "")))
                .containsExactly(
                        " ARG A=1 B",
                        " ENV C=d E=f g",
                        "WORKDIR /w",
                        " USER me",
                        " EXPOSE 53/udp 80",
                        " VOLUME [/v /w]",
                        " LABEL a=b",
                        " SHELL [/bin/ash -c]",
                        " CMD [\"a\" \"b \\\"c\\\"\"]",
                        " ENTRYPOINT [\"/bin/ash\" \"-c\" \"x y\"]",
                        " STOPSIGNAL 9",
                        " HEALTHCHECK &{[\"CMD\" \"ok\"] \"1m30s\" \"0s\" \"0s\" \"0s\" '\\x03'}",
                        " ONBUILD RUN --network=none true",
                        " MAINTAINER me");
    }

    @Test
    void argumentsHaveScopes() throws Exception {
        String text = """
                ARG GLOBAL=g DERIVED=${GLOBAL}2
                ARG IMAGE=scratch
                FROM $IMAGE AS one
                LABEL hidden="[$GLOBAL]"
                ARG GLOBAL
                ARG OWN=$GLOBAL-own SAME="$OWN+" EMPTY
                LABEL global=$GLOBAL own=$OWN same=$SAME empty="[$EMPTY]" stage=${TARGETSTAGE}
                FROM one
                ARG TARGETSTAGE TARGETOS DERIVED
                LABEL inherited=$OWN derived=$DERIVED target=$TARGETSTAGE os=$TARGETOS
                """;

        assertThat(build(text, "x").labels())
                .containsAllEntriesOf(Map.of(
                        "hidden", "[]",
                        "global", "g",
                        "own", "g-own",
                        "same", "g-own+",
                        "empty", "[]",
                        "stage", "",
                        "inherited", "g-own",
                        "derived", "g2",
                        "os", "linux"));
        Map<String, String> given = Map.of("GLOBAL", "G", "OWN", "$literal");
        shop.dockerfile(text).build("x", Wishes.NONE.withArguments(given));
        assertThat(shop.config("x").run().labels())
                .containsAllEntriesOf(Map.of("global", "G", "own", "$literal", "same", "$literal+", "derived", "G2"));
    }

    @Test
    void ofAnArgumentAndAVariableTheLaterCounts() throws Exception {
        RunConfig run = build("""
                FROM longshore.local/busybox
                ARG X=arg
                LABEL a=$X
                ENV X=env
                LABEL b=$X
                ARG X=again
                LABEL c=$X
                RUN echo $X > /x
                """, "x");

        assertThat(run.labels()).containsAllEntriesOf(Map.of("a", "arg", "b", "env", "c", "again"));
        assertThat(run.env()).containsEntry("X", "env");
        assertThat(shop.content("x", "/x")).isEqualTo("again\n");
    }

    @Test
    void oneLineIsExpandedWithWhatWasBefore() throws Exception {
        assertThat(build("FROM scratch\nENV a=1\nENV a=2 b=$a\nENV c $a and  more\nENV d=\"\"\n", "x")
                        .env())
                .containsAllEntriesOf(Map.of("a", "2", "b", "1", "c", "2 and  more", "d", ""));
    }

    @Test
    void documentsAreScriptsOrFiles() throws Exception {
        build("""
                FROM longshore.local/busybox
                ENV N=n
                RUN <<EOF
                echo "$N" > /one
                EOF
                RUN <<-"EOF"
                \techo tab > /two
                \tEOF
                RUN cat <<A > /three && cat <<'B' >> /three
                $N
                A
                $N
                B
                COPY --chmod=600 <<first <<"second" /files/
                $N \\$N "q" \\\\
                first
                $N
                second
                """, "x");

        assertThat(shop.content("x", "/one")).isEqualTo("n\n");
        assertThat(shop.content("x", "/two")).isEqualTo("tab\n");
        assertThat(shop.content("x", "/three")).isEqualTo("n\n$N\n");
        assertThat(shop.content("x", "/files/first")).isEqualTo("n $N \"q\" \\\n");
        assertThat(shop.content("x", "/files/second")).isEqualTo("$N\n");
    }

    @Test
    void anImageCannotTriggerWhatItLikes() throws Exception {
        build("FROM scratch\nLABEL a=b\n", "trigger:1");
        trigger("trigger:2", "FROM trigger:2");
        trigger("trigger:3", "LABEL a=c\nLABEL b=c");

        assertThatThrownBy(() -> build("FROM trigger:2\n", "x"))
                .hasMessage("Dockerfile:1: FROM isn't allowed as an ONBUILD trigger");
        assertThatThrownBy(() -> build("FROM trigger:3\n", "x"))
                .hasMessage("Dockerfile:1: onbuild trigger should be a single expression");
    }

    private static void trigger(String name, String text) throws Exception {
        ImageConfig config = shop.config("trigger:1");
        try (Leases.Lease lease = shop.images.content().leases().open()) {
            Digest made = shop.images
                    .images()
                    .assemble(config.withRun(config.run().withOnBuild(List.of(text))), List.of(), lease);
            shop.images.images().tag(Reference.parse(name), made);
        }
    }

    @Test
    void aBuildShowsItsWarnings() throws Exception {
        build("FROM scratch AS Web\nMAINTAINER me\n", "x");

        assertThat(shop.said.toString())
                .contains(
                        "[Warning] StageNameCasing: Stage name 'Web' should be lowercase (line 1)\n",
                        "[Warning] MaintainerDeprecated: ")
                .contains("Step 1/2 : FROM scratch AS Web\n");
    }

    @Test
    void warningsFailTheBuildWhereTheFileSaysSo() {
        assertThatThrownBy(() -> build("# check=error=true\nFROM scratch\nMAINTAINER me\n", "x"))
                .hasMessageStartingWith("Dockerfile:3: lint violation found for rules: MaintainerDeprecated");
        assertThat(shop.said.toString()).doesNotContain("Step 1");
    }

    @Test
    void aWrongLineIsShownBeforeAnythingIsDone() {
        assertThatThrownBy(() -> build("FROM longshore.local/busybox\nRUN touch /x\nEXPOSE\n", "x"))
                .hasMessage("Dockerfile:3: EXPOSE requires at least one argument");
        assertThat(shop.said.toString()).isEqualTo("""
                Dockerfile:3
                --------------------
                   1 |     FROM longshore.local/busybox
                   2 |     RUN touch /x
                   3 | >>> EXPOSE
                   4 |    \s
                --------------------
                """);
    }

    @Test
    void aDockerfileCanBeLookedAtWithoutBuilding() throws Exception {
        shop.write(".dockerignore", "secret\n").dockerfile("""
                ARG V=1
                # web is what is served
                FROM longshore.local/busybox AS web
                COPY secret /
                LABEL path=$PATH v=$V
                """);
        BuildRequest request = BuildRequest.tagged();

        assertThat(shop.builder().check(request, shop.context).warnings())
                .extracting(Warning::line)
                .containsExactly(
                        "CopyIgnoredFile: Attempting to Copy file \"secret\" that is excluded by .dockerignore (line 4)",
                        "UndefinedVar: Usage of undefined variable '$V' (line 5)");
        assertThat(shop.builder().targets(request, shop.context).targets())
                .singleElement()
                .satisfies(target -> assertThat(target.description()).isEqualTo("is what is served"));
        assertThat(shop.builder().outline(request, shop.context).arguments()).isEmpty();
        assertThat(shop.said.toString()).isEmpty();
    }

    private RunConfig build(String dockerfile, String tag) throws Exception {
        shop.dockerfile(dockerfile).build(tag);
        return shop.config(tag).run();
    }
}
