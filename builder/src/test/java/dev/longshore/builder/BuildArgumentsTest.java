package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.builder.stage.Wishes;
import dev.longshore.runtime.OneShot;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Arguments with a meaning of their own, as stages and commands see them.
class BuildArgumentsTest {

    private static final List<OneShot.Step> steps = new CopyOnWriteArrayList<>();
    private static Workshop shop;

    @BeforeAll
    static void open() throws Exception {
        shop = Workshop.with(BuildArgumentsTest::run, Long.MAX_VALUE);
    }

    private static int run(OneShot.Step step, OutputStream out, OutputStream err) {
        steps.add(step);
        return 0;
    }

    @BeforeEach
    void begin() throws Exception {
        shop.clear();
        steps.clear();
    }

    @AfterAll
    static void close() throws Exception {
        if (shop != null) {
            shop.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"FROM scratch AS Last, '', last", "FROM scratch, '', default", "FROM scratch AS last, First, First"})
    void theTargetIsNamed(String last, String target, String name) throws Exception {
        shop.dockerfile("FROM scratch AS first\nARG TARGETSTAGE\nLABEL t=$TARGETSTAGE\n" + last
                + "\nARG TARGETSTAGE\nLABEL t=$TARGETSTAGE\n");

        shop.build("app", target.isEmpty() ? Wishes.NONE : Wishes.NONE.withTarget(target));

        assertThat(shop.config("app").run().labels()).containsEntry("t", name);
    }

    @Test
    void aBaseMayDependOnTheTarget() throws Exception {
        shop.dockerfile("FROM scratch AS for-web\nLABEL it=web\nFROM scratch AS for-default\nLABEL it=default\n"
                + "FROM for-${TARGETSTAGE} AS web\nLABEL a=b\n");

        shop.build("app", Wishes.NONE.withTarget("web"));

        assertThat(shop.config("app").run().labels()).containsEntry("it", "web");
    }

    @Test
    void platformArgumentsCanBeGiven() throws Exception {
        shop.dockerfile("FROM scratch\nARG TARGETARCH TARGETVARIANT BUILDOS TARGETPLATFORM\n"
                + "LABEL a=$TARGETARCH v=$TARGETVARIANT b=$BUILDOS p=$TARGETPLATFORM\n");

        shop.build("app", Wishes.NONE.withArgument("TARGETVARIANT", "v9").withArgument("BUILDOS", "mine"));

        assertThat(shop.config("app").run().labels())
                .isEqualTo(Map.of("a", "amd64", "v", "v9", "b", "mine", "p", "linux/amd64"));
    }

    @Test
    void aProxyHasBothItsSpellingsAndCountsForNothing() throws Exception {
        shop.dockerfile("FROM longshore.local/busybox\nRUN proxied\n");
        shop.build("app", Wishes.NONE.withArgument("https_proxy", "one").withArgument("NO_PROXY", "two"));
        shop.build("app", Wishes.NONE.withArgument("https_proxy", "other"));

        assertThat(steps)
                .singleElement()
                .satisfies(step -> assertThat(step.env())
                        .containsAllEntriesOf(Map.of(
                                "HTTPS_PROXY", "one", "https_proxy", "one", "NO_PROXY", "two", "no_proxy", "two")));
        assertThat(shop.config("app").history().getLast().createdBy()).isEqualTo("/bin/sh -c proxied");
        assertThat(shop.said.toString()).doesNotContain("not consumed");
    }

    @Test
    void aSandboxHasTheNameThatItIsGiven() throws Exception {
        shop.dockerfile("FROM longshore.local/busybox\nRUN named\n");
        Wishes anew = Wishes.NONE.withNoCache(Wishes.NoCache.ALWAYS);
        shop.build("app", anew);
        shop.build("app", anew.withArgument("BUILDKIT_SANDBOX_HOSTNAME", "maker"));
        shop.build("app", anew.withArgument("BUILDKIT_SANDBOX_HOSTNAME", ""));

        assertThat(steps)
                .extracting(step -> step.sandbox().hostname())
                .containsExactly("buildkitsandbox", "maker", "buildkitsandbox");
    }

    @Test
    void whatOnlyTheBuilderReadsIsNoVariable() throws Exception {
        shop.dockerfile("FROM longshore.local/busybox\nARG BUILDKIT_SBOM_SCAN_STAGE=true\nARG OTHER=x\nRUN scanned\n"
                + "LABEL seen=\"[$BUILDKIT_SBOM_SCAN_STAGE]\"\n");

        shop.build("app");

        assertThat(steps.getFirst().env()).containsEntry("OTHER", "x").doesNotContainKey("BUILDKIT_SBOM_SCAN_STAGE");
        assertThat(shop.config("app").run().labels()).containsEntry("seen", "[]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BUILDKIT_BUILD_NAME",
                "BUILDKIT_CACHE_MOUNT_NS",
                "BUILDKIT_CONTEXT_KEEP_GIT_DIR",
                "BUILDKIT_INLINE_CACHE",
                "BUILDKIT_SYNTAX"
            })
    void whatTheBuilderReadsNeedsNoDeclaration(String name) throws Exception {
        shop.dockerfile("FROM scratch\nLABEL a=b\n");

        shop.build("app", Wishes.NONE.withArgument(name, "docker/dockerfile:1"));

        assertThat(shop.said.toString()).doesNotContain("[Warning]");
    }

    @ParameterizedTest
    @CsvSource({
        "docker/dockerfile:1, '', false",
        "docker.io/docker/dockerfile-upstream:master-labs, '', false",
        "example.com/mine:1, '', true",
        "example.com/mine:1, docker/dockerfile:1.7-labs, false",
        "docker/dockerfile:1, Mine, true",
    })
    void aSyntaxThatIsNotRunIsTold(String directive, String argument, boolean isTold) throws Exception {
        shop.dockerfile("# syntax=" + directive + "\nFROM scratch\nLABEL a=b\n");

        shop.build("app", Wishes.NONE.withArgument("BUILDKIT_SYNTAX", argument));

        assertThat(shop.said.toString().contains("[Warning] the syntax ")).isEqualTo(isTold);
    }

    @Test
    void everyImageSaysWhereCommandsAre() throws Exception {
        String usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        shop.dockerfile("FROM scratch AS one\nENV A=b\nFROM one\nENV PATH=/x:$PATH\n");

        shop.build("app");

        assertThat(shop.config("app").run().env())
                .containsExactly(Map.entry("PATH", "/x:" + usual), Map.entry("A", "b"));
        assertThat(shop.config("app").history()).hasSize(2);
    }

    @Test
    void aFileOfAnyCaseIsFound() throws Exception {
        Files.writeString(shop.context.resolve("dockerfile"), "FROM scratch\nLABEL a=lower\n");

        shop.build("app");

        assertThat(shop.config("app").run().labels()).containsEntry("a", "lower");
    }
}
