package dev.longshore.builder.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.builder.RealSteps;
import dev.longshore.builder.Web;
import dev.longshore.builder.Workshop;
import dev.longshore.builder.cases.Case.Expected;
import dev.longshore.builder.cases.Case.Peer;
import dev.longshore.images.ImageArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.junit.jupiter.api.io.TempDir;

/// Every feature of Dockerfiles, one by one, with steps that run in real containers; and the same Dockerfiles, contexts
/// and options with Debian's `buildah`, beside ours at the same time.
class DockerfileCasesTest {

    private static final boolean HAS_BUILDAH =
            Files.isExecutable(Path.of("/usr/bin/buildah")) && Files.isExecutable(Path.of("/usr/bin/podman"));

    @TempDir
    static Path directory;

    private static final List<Bench.Outcome> OURS = new ArrayList<>();
    private static List<Case> cases = List.of();
    private static RealSteps steps;
    private static Workshop shop;
    private static Web web;
    private static Bench bench;
    private static Buildah buildah;

    @BeforeAll
    static void buildEverything() throws Exception {
        Workshop.quick().close();
        steps = new RealSteps(directory.resolve("runtime"));
        shop = Workshop.with(steps, Long.MAX_VALUE);
        web = new Web(Files.createDirectory(directory.resolve("web")));
        bench = new Bench(shop, web);
        cases = CaseFiles.all();
        Process theirs = HAS_BUILDAH ? buildahAtWork() : null;
        try {
            for (Case one : cases) {
                OURS.add(bench.build(one));
            }
            if (theirs != null) {
                Buildah.await(theirs);
            }
        } finally {
            if (theirs != null) {
                theirs.destroy();
            }
        }
    }

    private static Process buildahAtWork() throws IOException, InterruptedException {
        // podman refuses directories for what runs whose path has more than 50 characters.
        Path place = Files.createTempDirectory("b");
        try (var archive = Files.newOutputStream(place.resolve("base.tar"))) {
            new ImageArchive(shop.images).save(List.of(shop.images.images().get(Bench.BASE)), archive);
        }
        buildah = new Buildah(place);
        for (int number = 0; number < cases.size(); number++) {
            if (isCommon(number)) {
                buildah.add(number, cases.get(number), web);
            }
        }
        return buildah.start();
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        if (shop != null) {
            web.close();
            shop.close();
            steps.end();
        }
        if (buildah != null) {
            buildah.clear();
        }
    }

    /// File tree, config, history and log of an image, or the words of a refusal.
    @TestFactory
    Stream<DynamicTest> comesToWhatItShould() {
        return tests(number -> true, number -> check(cases.get(number).expected(), OURS.get(number)));
    }

    /// What is built here is built the same by buildah, and what is refused here is refused there.
    @TestFactory
    Stream<DynamicTest> comesToTheSameWithBuildah() {
        assertThat(HAS_BUILDAH || !"true".equals(System.getenv("CI"))).isTrue();
        assumeTrue(HAS_BUILDAH, "needs buildah, and podman to look at its images");
        return tests(DockerfileCasesTest::isCommon, DockerfileCasesTest::compare);
    }

    private static Stream<DynamicTest> tests(IntPredicate which, ThrowingConsumer<Integer> test) {
        return IntStream.range(0, cases.size())
                .filter(which)
                .mapToObj(number -> DynamicTest.dynamicTest(cases.get(number).name(), () -> test.accept(number)));
    }

    private static boolean isCommon(int number) {
        return cases.get(number).buildah() instanceof Peer.Same;
    }

    private static void check(Expected expected, Bench.Outcome outcome) {
        switch (expected) {
            case Expected.Built wanted ->
                assertThat(outcome)
                        .isInstanceOfSatisfying(Bench.Outcome.Built.class, built -> check(wanted, built.made()));
            case Expected.Refused wanted ->
                assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Bench.Outcome.Refused.class,
                                refused -> assertThat(refused.error()).isEqualTo(wanted.error()));
        }
        if (!expected.log().isEmpty()) {
            assertThat(outcome.log()).containsSubsequence(expected.log());
        }
    }

    private static void check(Expected.Built expected, Made whole) {
        Made made = whole.beyond(bench.base());
        assertThat(made.tree()).isEqualTo(expected.tree());
        assertThat(made.config()).isEqualTo(expected.config());
        if (!expected.history().isEmpty()) {
            assertThat(made.history()).isEqualTo(expected.history());
        }
    }

    private static void compare(int number) throws IOException {
        var allowed = (Peer.Same) cases.get(number).buildah();
        var theirs = buildah.made(number);
        switch (OURS.get(number)) {
            case Bench.Outcome.Refused(String why, String log) ->
                assertThat(theirs).as("what we refuse: " + why).isEmpty();
            case Bench.Outcome.Built(Made made, String log) -> {
                assertThat(theirs).as(buildah.log(number)).isPresent();
                Likeness.check(made.beyond(bench.base()), theirs.orElseThrow().beyond(buildah.base()), allowed);
            }
        }
    }
}
