package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Time;
import dev.longshore.builder.cache.CacheSource;
import dev.longshore.builder.cache.StepKey;
import dev.longshore.builder.cache.StepRecord;
import dev.longshore.builder.cache.UsedStep;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.progress.BuildEvent;
import dev.longshore.builder.stage.Wishes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which stages run, when, and how often.
class StagesTest {

    private final Gate gate = new Gate();
    private Workshop workshop;

    @BeforeEach
    void open() throws Exception {
        workshop = Workshop.with(gate, Long.MAX_VALUE);
    }

    @AfterEach
    void close() throws Exception {
        if (workshop != null) {
            workshop.close();
        }
    }

    @Test
    void stagesThatDoNotNeedEachOtherRunSideBySide() throws Exception {
        workshop.dockerfile("""
                FROM longshore.local/busybox AS one
                RUN meet one
                RUN made one
                FROM longshore.local/busybox AS two
                RUN meet two
                RUN made two
                FROM longshore.local/busybox AS unused
                RUN never
                FROM scratch
                COPY --from=ONE /made-one /
                COPY --from=1 /made-two /
                """);

        workshop.build("app");

        assertThat(workshop.content("app", "/made-one")).isEqualTo("made one");
        assertThat(workshop.content("app", "/made-two")).isEqualTo("made two");
        assertThat(gate.ran).doesNotContain("never");
        assertThat(workshop.said.toString())
                .contains("Step 1/9 : FROM longshore.local/busybox AS one\n", "Step 9/9 : COPY --from=1 /made-two /\n")
                .containsSubsequence("Step 2/9", "Step 3/9", "Step 4/9", "Step 5/9", "Step 6/9", "Step 7/9");
    }

    @Test
    void aFailureEndsTheOthersAtOnce() throws Exception {
        workshop.dockerfile("""
                FROM longshore.local/busybox AS slow
                RUN forever
                FROM longshore.local/busybox
                RUN fail
                COPY --from=slow / /
                """);

        assertThatThrownBy(() -> workshop.build("app"))
                .isInstanceOf(DockerfileException.class)
                .hasMessageContaining("Dockerfile:4")
                .hasMessageContaining("returned a non-zero code: 3");
        assertThat(gate.interrupted).hasValue(1);
        assertThat(workshop.said).contains("fail begins");
        assertNothingIsHalfDone();
    }

    @Test
    void cancellingEndsEveryStage() throws Exception {
        workshop.dockerfile("""
                FROM longshore.local/busybox AS one
                RUN forever 1
                FROM longshore.local/busybox
                RUN forever 2
                COPY --from=one / /
                """);
        var outcome = new CompletableFuture<Throwable>();
        Thread building = Thread.ofVirtual().start(() -> {
            try {
                workshop.build("app");
                outcome.complete(new AssertionError("it should not be done"));
            } catch (Throwable failure) {
                outcome.complete(failure);
            }
        });
        assertThat(gate.arrived.await(20, TimeUnit.SECONDS)).isTrue();

        building.interrupt();

        assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(gate.interrupted.get()).isEqualTo(gate.ran.size());
        assertNothingIsHalfDone();
    }

    @Test
    void buildsThatAreAtTheSameStepDoItOnce() throws Exception {
        workshop.dockerfile("FROM longshore.local/busybox\nRUN wait\nRUN made it\n");
        var first = building("first");
        assertThat(gate.arrived.await(20, TimeUnit.SECONDS)).isTrue();
        var second = building("second");
        org.awaitility.Awaitility.await().until(() -> workshop.said.toString().split("wait begins", -1).length == 3);

        gate.opened.countDown();

        assertThat(first.get(20, TimeUnit.SECONDS).id())
                .isEqualTo(second.get(20, TimeUnit.SECONDS).id());
        assertThat(gate.ran).containsExactlyInAnyOrder("wait", "made it");
    }

    @Test
    void aBuildGoesOnAloneWhenTheOneItFollowedIsCancelled() throws Exception {
        workshop.dockerfile("FROM longshore.local/busybox\nRUN wait\n");
        var cancelled = new CompletableFuture<Throwable>();
        Thread first = Thread.ofVirtual().start(() -> {
            try {
                workshop.build("first");
            } catch (Throwable failure) {
                cancelled.complete(failure);
            }
        });
        assertThat(gate.arrived.await(20, TimeUnit.SECONDS)).isTrue();
        var second = building("second");
        org.awaitility.Awaitility.await().until(() -> workshop.said.toString().split("wait begins", -1).length == 3);

        first.interrupt();
        gate.opened.countDown();

        assertThat(cancelled.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        second.get(20, TimeUnit.SECONDS);
        assertThat(workshop.images.images().find("second")).isPresent();
    }

    @Test
    void theCacheCanBeLeftOutForOneStageOrAll() throws Exception {
        workshop.dockerfile("""
                FROM longshore.local/busybox AS one
                RUN made one
                FROM longshore.local/busybox AS two
                RUN made two
                COPY --from=one /made-one /
                """);
        workshop.build("app");
        gate.ran.clear();

        workshop.build("app", Wishes.NONE.withNoCache(Wishes.NoCache.of(Set.of("TWO"))));
        assertThat(gate.ran).containsExactly("made two");

        gate.ran.clear();
        workshop.build("app", Wishes.NONE.withNoCache(Wishes.NoCache.ALWAYS));
        assertThat(gate.ran).containsExactlyInAnyOrder("made one", "made two");
    }

    @Test
    void aStageThatCameToTheSameAgainDoesNotBringOthersAbout() throws Exception {
        workshop.dockerfile("""
                FROM longshore.local/busybox AS made
                ARG N
                RUN made $N
                COPY same /same
                FROM longshore.local/busybox
                COPY --from=made /same /
                RUN after
                """);
        workshop.write("same", "content");
        workshop.build("app", Wishes.NONE.withArgument("N", "1"));
        gate.ran.clear();

        workshop.build("app", Wishes.NONE.withArgument("N", "2"));

        assertThat(gate.ran).containsExactly("made $N");
    }

    @Test
    void triggersMayNeedAStageThatNothingElseNeeds() throws Exception {
        workshop.dockerfile("FROM longshore.local/busybox\nONBUILD COPY --from=tools /made-tool /\n");
        workshop.build("base:1");
        workshop.dockerfile("FROM longshore.local/busybox AS tools\nRUN made tool\nFROM base:1\n");

        workshop.build("app");

        assertThat(workshop.content("app", "/made-tool")).isEqualTo("made tool");
    }

    @Test
    void oneNameMeansOneBaseImageInAWholeBuild() throws Exception {
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        var builder = new Builder(
                workshop.images,
                gate,
                (name, platform, here, progress) -> {
                    asked.incrementAndGet();
                    return here.orElseThrow();
                },
                Time.system());
        builder.start();
        workshop.dockerfile("""
                FROM longshore.local/busybox AS one
                RUN meet one
                FROM longshore.local/busybox
                RUN meet two
                COPY --from=one / /
                """);

        builder.build(BuildRequest.tagged("app").with(Wishes.NONE.withPull(true)), workshop.context, event -> {});

        assertThat(asked).hasValue(1);
    }

    @Test
    void stepsThatAreKnownElsewhereAreTakenFromThere() throws Exception {
        workshop.dockerfile("FROM longshore.local/busybox\nRUN made it\n");
        try (Workshop elsewhere = Workshop.with(new Gate(), Long.MAX_VALUE)) {
            elsewhere.dockerfile("FROM longshore.local/busybox\nRUN made it\n");
            Map<StepKey, StepRecord> known = elsewhere
                    .builder()
                    .solve(
                            BuildRequest.tagged(),
                            elsewhere.context,
                            event -> {},
                            result ->
                                    result.steps().stream().collect(Collectors.toMap(UsedStep::key, UsedStep::record)));
            CacheSource source = (key, lease) -> {
                Optional<StepRecord> record = Optional.ofNullable(known.get(key));
                if (record.isPresent() && record.get().layer().isPresent()) {
                    var blob = record.get().layer().get().blob();
                    lease.keep(blob.digest());
                    workshop.images
                            .content()
                            .put(blob.mediaType(), elsewhere.images.content().read(blob.digest()));
                }
                return record;
            };

            workshop.build("app", Wishes.NONE.withCacheSources(List.of(source)));
        }

        assertThat(gate.ran).isEmpty();
        assertThat(workshop.content("app", "/made-it")).isEqualTo("made it");
        workshop.build("again");
        assertThat(gate.ran).isEmpty();
    }

    @Test
    void argumentsOfAStageAreKnownInStagesOnIt() throws Exception {
        workshop.dockerfile("""
                FROM scratch AS one
                ARG A=inherited
                FROM one
                LABEL a=$A target=$TARGETARCH
                ARG TARGETARCH
                LABEL arch=$TARGETARCH
                """);
        workshop.build("app");

        assertThat(workshop.config("app").run().labels())
                .containsEntry("a", "inherited")
                .containsEntry("target", "")
                .containsEntry("arch", "amd64");
    }

    @Test
    void aListenerHearsOfEveryStepWithItsTimes() throws Exception {
        workshop.dockerfile("FROM longshore.local/busybox AS one\nRUN made it\nLABEL a=b\n");
        List<BuildEvent> heard = new CopyOnWriteArrayList<>();
        workshop.builder().build(BuildRequest.tagged("app"), workshop.context, heard::add);
        List<BuildEvent> again = new CopyOnWriteArrayList<>();
        workshop.builder().build(BuildRequest.tagged("app"), workshop.context, again::add);

        assertThat(heard.getFirst())
                .isInstanceOfSatisfying(
                        BuildEvent.Planned.class,
                        planned -> assertThat(planned.steps()).hasSize(3));
        assertThat(heard)
                .filteredOn(BuildEvent.StepDone.class::isInstance)
                .hasSize(3)
                .allSatisfy(
                        done -> assertThat(((BuildEvent.StepDone) done).took()).isPositive());
        assertThat(heard).hasAtLeastOneElementOfType(BuildEvent.Log.class);
        assertThat(heard).doesNotHaveAnyElementsOfTypes(BuildEvent.StepCached.class);
        assertThat(again).filteredOn(BuildEvent.StepCached.class::isInstance).hasSize(2);
    }

    private FutureTask<Built> building(String tag) {
        Callable<Built> build = () -> workshop.build(tag);
        var task = new FutureTask<>(build);
        Thread.ofVirtual().start(task);
        return task;
    }

    private void assertNothingIsHalfDone() {
        assertThat(workshop.images
                        .layout()
                        .root()
                        .resolve("staging")
                        .resolve(workshop.images.layout().bootId()))
                .isEmptyDirectory();
        assertThat(workshop.builder())
                .satisfies(builder -> assertThat(builder.cached()).noneMatch(entry -> entry.inUse()));
    }
}
