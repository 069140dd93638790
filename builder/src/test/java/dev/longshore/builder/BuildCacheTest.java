package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.builder.cache.CacheEntry;
import dev.longshore.builder.cache.PruneWish;
import dev.longshore.builder.stage.Wishes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How much the cache keeps, what goes first, and what survives a crash.
class BuildCacheTest {

    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    Path directory;

    private final OverlayOneShot steps = new OverlayOneShot();
    private Workshop workshop;

    @BeforeEach
    void open() throws Exception {
        workshop = Workshop.with(steps, Long.MAX_VALUE);
    }

    @AfterEach
    void close() throws Exception {
        if (workshop != null) {
            workshop.close();
        }
    }

    @Test
    void theCeilingIsACeilingAndTheOldestGoFirst() throws Exception {
        workshop.reopen(5 * MEBIBYTE);
        for (int i = 0; i < 4; i++) {
            buildAndForget(i);
        }

        assertThat(workshop.builder().cached().stream()
                        .mapToLong(CacheEntry::bytes)
                        .sum())
                .isLessThanOrEqualTo(5 * MEBIBYTE);
        int runs = steps.runs;
        buildAndForget(3);
        assertThat(steps.runs).isEqualTo(runs);
        buildAndForget(0);
        assertThat(steps.runs).isEqualTo(runs + 1);
    }

    @Test
    void aLayerThatTwoStepsMadeCountsOnce() throws Exception {
        workshop.write("a", "x".repeat((int) MEBIBYTE));
        Files.setAttribute(workshop.context.resolve("a"), "unix:mode", 0644);
        for (String copy : List.of("COPY a /x", "COPY --chmod=0644 a /x")) {
            workshop.dockerfile("FROM scratch\n" + copy + "\n");
            workshop.build("app");
            workshop.images.images().remove("app", false);
        }

        List<CacheEntry> cached = workshop.builder().cached();
        assertThat(cached).hasSize(2);
        assertThat(cached.getFirst().bytes()).isZero();
        assertThat(cached.getLast().bytes()).isBetween(MEBIBYTE, 2 * MEBIBYTE);
    }

    @Test
    void cacheMountsCountAndGoWithTheOthers() throws Exception {
        workshop.close();
        var real = new RealSteps(directory);
        try {
            workshop = Workshop.with(real, 5 * MEBIBYTE);
            workshop.dockerfile("FROM longshore.local/busybox\n"
                    + "RUN --mount=type=cache,target=/c head -c 3145728 /dev/urandom > /c/f\n");
            workshop.build("app");
            assertThat(workshop.builder().cached())
                    .filteredOn(entry -> entry.type() == CacheEntry.Type.CACHE_MOUNT)
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.bytes()).isEqualTo(3 * MEBIBYTE));

            buildAndForget(1);
            buildAndForget(2);

            assertThat(workshop.builder().cached()).noneMatch(entry -> entry.type() == CacheEntry.Type.CACHE_MOUNT);
        } finally {
            real.end();
        }
    }

    @Test
    void whatAnImageKeepsCostsNothing() throws Exception {
        workshop.dockerfile(megabyte(1));
        workshop.build("kept");
        workshop.reopen(0);

        assertThat(workshop.tree("kept").find("/file1")).isPresent();
        assertThat(workshop.builder()
                        .prune(new PruneWish(false, Optional.empty(), 0, any -> true))
                        .bytes())
                .isZero();
    }

    @Test
    void whatIsPrunedIsToldAndCanBeChosen() throws Exception {
        Instant before = Instant.now();
        buildAndForget(1);
        buildAndForget(2);
        String id = workshop.builder().cached().stream()
                .filter(entry -> entry.description().contains("file1"))
                .map(CacheEntry::id)
                .findFirst()
                .orElseThrow();

        assertThat(workshop.builder()
                        .prune(new PruneWish(true, Optional.of(before), 0, any -> true))
                        .ids())
                .isEmpty();
        var one = workshop.builder()
                .prune(new PruneWish(
                        true, Optional.empty(), 0, entry -> entry.id().equals(id)));
        assertThat(one.ids()).containsExactly(id);
        assertThat(one.bytes()).isBetween(2 * MEBIBYTE, 2 * MEBIBYTE + 100_000);
        assertThat(workshop.builder().prune(PruneWish.EVERYTHING).ids()).isNotEmpty();
        assertThat(workshop.builder().cached()).isEmpty();
    }

    @Test
    void anIndexThatACrashToreCostsOnlyWhatIsTorn() throws Exception {
        workshop.dockerfile(megabyte(1) + "RUN echo two > /two\n");
        Built built = workshop.build("app");
        Path records = workshop.images.layout().build().resolve("cache");
        List<Path> files;
        try (var all = Files.list(records)) {
            files = all.toList();
        }
        Path torn =
                files.stream().filter(file -> holds(file, "/two")).findFirst().orElseThrow();
        byte[] whole = Files.readAllBytes(torn);
        Files.write(torn, java.util.Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(records.resolve("new-7"), "half");
        int runs = steps.runs;

        workshop.reopen(Long.MAX_VALUE);
        workshop.build("app");

        assertThat(steps.runs).isEqualTo(runs + 1);
        assertThat(records.resolve("new-7")).doesNotExist();
        assertThat(workshop.config("app").diffIds())
                .startsWith(workshop.images
                        .images()
                        .byId(built.id())
                        .orElseThrow()
                        .config()
                        .diffIds()
                        .getFirst());
    }

    @Test
    void aRecordWhoseLayerIsGoneIsNotBelieved() throws Exception {
        workshop.dockerfile(megabyte(1));
        workshop.build("app");
        var top = workshop.images
                .images()
                .get("app")
                .manifest()
                .layers()
                .getLast()
                .digest();
        workshop.images.images().remove("app", false);
        int runs = steps.runs;
        workshop.images.content().delete(top);

        buildAndForget(1);

        assertThat(steps.runs).isEqualTo(runs + 1);
    }

    @Test
    void aKeyKnowsWhatAStepReadsAndNoTimes() throws Exception {
        workshop.write("file", "content");
        workshop.dockerfile("FROM longshore.local/busybox\nCOPY file /file\nRUN cat /file\n");
        workshop.build("app");
        int runs = steps.runs;

        Files.setLastModifiedTime(
                workshop.context.resolve("file"), java.nio.file.attribute.FileTime.from(Instant.EPOCH));
        workshop.build("app");
        assertThat(steps.runs).isEqualTo(runs);

        workshop.build("app", Wishes.NONE.withNoCache(Wishes.NoCache.ALWAYS));
        assertThat(steps.runs).isEqualTo(runs + 1);
        workshop.build("app");
        assertThat(steps.runs).isEqualTo(runs + 1);
    }

    private void buildAndForget(int number) throws Exception {
        workshop.dockerfile(megabyte(number));
        workshop.build("app");
        workshop.images.images().remove("app", false);
        workshop.builder().cached();
        workshop.reopen(workshop.cacheBytes());
    }

    /// A layer of a megabyte that does not compress.
    private static String megabyte(int number) {
        return "FROM longshore.local/busybox\nRUN head -c 1048576 /dev/urandom > /file" + number + "\n";
    }

    private static boolean holds(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (java.io.IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
